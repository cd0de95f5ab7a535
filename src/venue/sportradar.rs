//! Sportradar's side of the venue: the push feeds, from the subscription over the redirect to the endless body, and the
//! play-by-play over REST.
//!
//! [`server`] answers requests, [`body`] is one endless answer, [`feed`] decides which event is sent when, [`event`] makes an
//! event of a fact, [`ice`] one of hockey's, [`clock`] has the clock feeds, [`pbp`] the play-by-play, [`wire`] the shapes,
//! [`transcript`] the whole of a game at once.

pub mod body;
pub mod clock;
pub mod event;
pub mod feed;
pub mod ice;
pub mod pbp;
pub mod server;
pub mod transcript;
pub mod wire;
