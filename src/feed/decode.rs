//! Wire structs live and die here.
