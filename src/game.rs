//! Turns feed events into the current state of the game.

pub mod event;
pub mod snapshot;
