//! Outputs of a show: from the show file to running threads, and back.

use std::time::Duration;

use super::{Failure, Show};
use crate::config;
use crate::frame::Need;
use crate::output::ffmpeg::{FINISH_LIMIT_ON_AIR, Ffmpeg};
use crate::output::raw::{Raw, Target};
use crate::output::{self, Output, Signal};
use crate::status::OutputStatus;
use crate::window;

/// Starts every output but the window, which runs on the main thread.
pub fn start(show: &Show, signal: Signal) -> Result<Vec<Output>, Failure> {
    let mut outputs = Vec::new();
    for wanted in &show.file.outputs {
        let (id, destination): (_, Box<dyn output::Destination>) = match wanted {
            config::Output::Window(_) => continue,
            config::Output::Raw(raw) => {
                let target = match Target::parse(&raw.to) {
                    Target::File(path) => Target::File(show.path(&path)),
                    other => other,
                };
                (raw.id.clone(), Box::new(Raw::new(target, Need { format: raw.format, alpha: raw.alpha })))
            }
            config::Output::Ffmpeg(movie) => {
                let to = if movie.to.contains("://") {
                    movie.to.clone()
                } else {
                    show.path(movie.to.as_ref()).display().to_string()
                };
                let ffmpeg = Ffmpeg::new(to, movie.options.clone(), movie.alpha, FINISH_LIMIT_ON_AIR).keeping_files();
                (movie.id.clone(), Box::new(ffmpeg))
            }
        };
        outputs.push(output::start(id, destination, signal).map_err(Failure::machine)?);
    }
    Ok(outputs)
}

/// The window that the show asks for.
pub fn window(show: &Show) -> Option<&config::WindowOutput> {
    show.file.outputs.iter().find_map(|output| match output {
        config::Output::Window(window) => Some(window),
        _ => None,
    })
}

pub fn background(background: config::Background) -> window::Background {
    match background {
        config::Background::Checkerboard => window::Background::Checkerboard,
        config::Background::Black => window::Background::Black,
        config::Background::Arena => window::Background::Arena,
    }
}

/// Distinct needs of these outputs.
pub fn needs(outputs: &[Output]) -> Vec<Need> {
    let mut needs: Vec<Need> = Vec::new();
    for need in outputs.iter().map(Output::need) {
        if !needs.contains(&need) {
            needs.push(need);
        }
    }
    needs
}

/// Ends all outputs at the same time, so that the slowest one sets the pace; returns their last counters.
pub fn finish(outputs: Vec<Output>, limit: Duration) -> Vec<OutputStatus> {
    std::thread::scope(|scope| {
        let ending: Vec<_> =
            outputs.into_iter().map(|output| (output.status(), scope.spawn(move || output.finish(limit)))).collect();
        ending.into_iter().map(|(before, thread)| thread.join().unwrap_or(before)).collect()
    })
}
