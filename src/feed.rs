//! Supervised connections to vendors.

pub mod decode;
