//! ShotTracker's side of the venue: the Event API's schedule and subscription token, and the Live Data V2 WebSocket.
//!
//! In: requests as the vendor's pages describe them. Out: the vendor's JSON. [`server`] talks, [`log`] holds the messages
//! that share the sequence, [`summary`] the broadcast summary, [`wire`] the shapes.

pub mod log;
pub mod server;
pub mod summary;
pub mod wire;
