//! Sportradar's side of the venue: NBA push events, from the subscription over the redirect to the endless body.
//!
//! [`server`] talks, [`feed`] decides what is sent when, [`event`] makes an event of a fact, [`wire`] has the shapes.

pub mod event;
pub mod feed;
pub mod server;
pub mod wire;
