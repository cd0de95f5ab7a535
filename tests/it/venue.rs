//! The mock venue from outside: requests as the vendors' pages describe them, answered by a venue on a port of its own.

mod cadence;
mod client;
mod ice;
mod operator;
mod push;
mod readings;
mod script;
mod tracker;
mod typed;
