//! Frames as files with straight alpha: pictures and movies that any editor reads.

use std::path::Path;

use super::Failure;
use crate::config;
use crate::frame::{Alpha, Frame, Need, PixelFormat};
use crate::output::ffmpeg::{FINISH_LIMIT_OFFLINE, Ffmpeg};
use crate::output::{self, Output, Signal};

/// What a program draws when its frames go into files.
pub const NEED: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };

/// A movie that takes as long as it needs: lossless, with alpha.
pub fn movie(path: &Path, signal: Signal) -> Result<Output, Failure> {
    let ffmpeg = Ffmpeg::new(path.display().to_string(), config::movie_options(), NEED.alpha, FINISH_LIMIT_OFFLINE);
    output::start("movie".into(), Box::new(ffmpeg), signal).map_err(Failure::machine)
}

/// Writes a frame as a PNG with its alpha; makes the folder.
pub fn write_png(frame: &Frame, path: &Path) -> Result<(), Failure> {
    let name = path.display();
    let picture =
        frame.picture(NEED).ok_or_else(|| Failure::Machine(format!("{name}: the frame was not drawn for this")))?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(Failure::machine)?;
    }
    let crate::draw_list::Size { width, height } = frame.size;
    image::save_buffer(path, &picture.to_bytes(), width, height, image::ColorType::Rgba8)
        .map_err(|cause| Failure::Machine(format!("cannot write {name}: {cause}")))
}
