//! The mock venue.
pub mod clock;
pub mod course;
pub mod script;
pub mod tally;
pub mod wall;
pub mod zones;
