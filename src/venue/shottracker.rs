//! ShotTracker's side of the venue: the Event API's schedule and subscription token, and the Live Data V2 WebSocket.
//!
//! In: requests as the vendor's pages describe them. Out: the vendor's JSON. [`server`] answers requests, [`live`] is one client
//! of the WebSocket, [`log`] holds the messages that share the sequence, [`advanced`] those of possessions and line-ups,
//! [`correction`] what an operator's change makes of them, [`summary`] the broadcast summary, [`location`] where everybody
//! is, [`catchup`] the game so far over REST, [`wire`] the shapes,
//! [`transcript`] the whole of a game at once.

pub mod advanced;
pub mod catchup;
pub mod correction;
pub mod live;
pub mod location;
pub mod log;
pub mod server;
pub mod summary;
pub mod transcript;
pub mod wire;
