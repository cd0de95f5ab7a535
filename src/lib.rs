//! Sideline: live broadcast graphics for basketball and hockey.
//!
//! The flow, in words. A `feed` connects to a vendor and hands every message, as received, to the `journal`, which gives
//! it a sequence number. The state task decodes it (`feed::decode`) and folds it into `game`. Commands of the operator
//! take the same way. Playout, on its own thread, asks `game::view` what the game is at the time of each frame, lets
//! `scene` turn the graphics on air and that snapshot into a `draw_list`, has `render` draw what changed, and offers the
//! finished `frame` to each `output`, which runs on a thread of its own and never makes playout wait.
//!
//! `app` wires all of it; nothing imports `app`. ARCHITECTURE.md has the map and the rules.

pub mod app;
pub mod assets;
pub mod color;
pub mod command;
pub mod config;
pub mod court;
pub mod draw_list;
pub mod feed;
pub mod frame;
pub mod game;
pub mod ids;
pub mod ingest;
pub mod inspect;
pub mod journal;
pub mod output;
pub mod playout;
pub mod problem;
pub mod render;
pub mod scene;
pub mod status;
pub mod template;
pub mod text;
pub mod time;
pub mod venue;
pub mod window;
