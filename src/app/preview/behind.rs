//! The picture behind a previewed graphic: a still, or a frame of a video.
//!
//! In: a file, and for a video the time of the frame. Out: its pixels, in the size of the canvas where they come from a
//! video. A video is decoded by `ffmpeg`, which is run once, when the preview opens.

use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use crate::app::Failure;
use crate::assets;
use crate::draw_list::{PictureData, Size};

/// Endings of files that hold stills; anything else is given to ffmpeg.
const STILLS: [&str; 4] = ["png", "jpg", "jpeg", "svg"];

/// Reads what is to be seen behind the graphic.
pub fn load(path: &Path, at_s: f64, canvas: Size) -> Result<Arc<PictureData>, Failure> {
    let unreadable = |cause: &dyn std::fmt::Display| Failure::Input(format!("cannot read {}: {cause}", path.display()));
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default().to_ascii_lowercase();
    if STILLS.contains(&ending.as_str()) {
        let picture = assets::load(path, None).map_err(|cause| unreadable(&cause))?;
        return picture.pixels.clone().ok_or_else(|| unreadable(&"nothing of it can be seen"));
    }
    if !path.is_file() {
        return Err(unreadable(&"there is no such file"));
    }
    let shown = Command::new("ffmpeg")
        .args(["-nostdin", "-v", "error", "-ss", &at_s.to_string(), "-i"])
        .arg(path)
        .args(["-frames:v", "1", "-vf", &format!("scale={}:{}", canvas.width, canvas.height)])
        .args(["-f", "rawvideo", "-pix_fmt", "rgba", "pipe:1"])
        .stdin(Stdio::null())
        .output();
    let shown = match shown {
        Ok(shown) => shown,
        Err(error) => return Err(Failure::Machine(format!("cannot run ffmpeg: {error}; apt install ffmpeg"))),
    };
    let said = String::from_utf8_lossy(&shown.stderr);
    if !shown.status.success() {
        return Err(unreadable(&said.lines().last().unwrap_or("ffmpeg says nothing of why")));
    }
    let bytes = canvas.width as usize * canvas.height as usize * 4;
    if shown.stdout.len() != bytes {
        return Err(unreadable(&format!("there is no frame at {at_s} s")));
    }
    Ok(Arc::new(PictureData::new(canvas, premultiplied(shown.stdout))))
}

/// From straight alpha.
fn premultiplied(mut rgba: Vec<u8>) -> Vec<u8> {
    for pixel in rgba.chunks_exact_mut(4) {
        let alpha = u16::from(pixel[3]);
        pixel[..3].iter_mut().for_each(|part| *part = ((u16::from(*part) * alpha + 127) / 255) as u8);
    }
    rgba
}
