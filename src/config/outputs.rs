//! The outputs of a show file: where frames go, and in which form.

use serde::Deserialize;

use super::{defaults, values};
use crate::frame::{Alpha, PixelFormat};
use crate::ids::OutputId;

/// An output: where frames go.
#[derive(Clone, Debug)]
pub enum Output {
    Window(WindowOutput),
    Raw(RawOutput),
    Ffmpeg(FfmpegOutput),
}

impl Output {
    pub fn id(&self) -> &OutputId {
        match self {
            Output::Window(output) => &output.id,
            Output::Raw(output) => &output.id,
            Output::Ffmpeg(output) => &output.id,
        }
    }
}

/// The program window. At most one; it needs a display.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WindowOutput {
    pub id: OutputId,
    #[serde(default)]
    pub background: Background,
    /// Without a display: leave the window out instead of refusing to start.
    #[serde(default)]
    pub optional: bool,
}

/// What the window shows behind the graphics.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Background {
    #[default]
    Checkerboard,
    Black,
    /// A picture-like backdrop, to judge the graphics as they look over video.
    Arena,
}

/// Uncompressed frames, one after another, without headers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RawOutput {
    pub id: OutputId,
    /// `stdout`, a file path, `tcp://host:port` (connects) or `tcp-listen://host:port` (one reader at a time).
    #[serde(deserialize_with = "values::raw_target")]
    pub to: String,
    #[serde(default = "defaults::bgra")]
    pub format: PixelFormat,
    #[serde(default = "defaults::straight")]
    pub alpha: Alpha,
}

/// ffmpeg's options for a movie with alpha, when a show does not choose its own.
pub fn movie_options() -> Vec<String> {
    defaults::ffmpeg_options()
}

/// Frames piped into a child `ffmpeg` that encodes them into a file or a stream.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FfmpegOutput {
    pub id: OutputId,
    /// A file path or any address that ffmpeg writes to.
    pub to: String,
    /// ffmpeg's options between input and output; QuickTime Animation (lossless, with alpha) when absent.
    #[serde(default = "defaults::ffmpeg_options")]
    pub options: Vec<String>,
    #[serde(default = "defaults::straight")]
    pub alpha: Alpha,
}
