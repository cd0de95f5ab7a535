//! Decodes a recorded stream.
