//! The integration tests: one binary, one module a subject.

#![allow(clippy::unwrap_used, reason = "clippy.toml allows it in tests, but not in the functions that tests share")]

mod accepted;
mod alive;
mod all_feeds;
mod assumptions;
mod boundaries;
mod boxes;
mod bug_states;
mod by_hand;
mod captures;
mod changes;
mod command_line;
mod cuts;
mod damage;
mod defaults;
mod diagnostics;
mod draw;
mod faults;
mod feed_clients;
mod feeds;
mod fields;
mod follow;
mod forms;
mod full_frames;
mod fuzz;
mod golden;
mod graphics;
mod head_shots;
mod imports;
mod jersey;
mod journal;
mod journal_disk;
mod layout;
mod looks;
mod maps;
mod nodes;
mod outputs;
mod packages;
mod pages;
mod places;
mod preview;
mod rasteriser;
mod real_game;
mod reference;
mod replay;
mod resume;
mod samples;
mod schema;
mod shaders;
mod shot_maps;
mod steps;
mod template_page;
mod templates;
mod text_in_boxes;
mod texts;
mod venue;
mod visual;
mod window;

/// Asks a process to end, as Ctrl-C does. The shell's own `kill` is there on a machine that has no such program.
fn interrupt(process: &std::process::Child) {
    let kill = format!("kill -INT {}", process.id());
    let told = std::process::Command::new("sh").args(["-c", &kill]).status().expect("a shell");
    assert!(told.success());
}
