//! What a show file need not say.

use super::values;
use crate::court;
use crate::draw_list::Size;
use crate::frame::{Alpha, PixelFormat};
use crate::ids::FeedKind;
use crate::time::FrameRate;

pub fn rate() -> FrameRate {
    FrameRate::FPS_59_94
}
pub fn size() -> Size {
    Size::new(1920, 1080)
}
pub fn speed() -> f64 {
    1.0
}
pub fn shottracker_rest() -> String {
    "https://api.shottracker.com".into()
}
/// All but the positions, which few shows draw and which are most of the stream.
pub fn shottracker_sources() -> Vec<String> {
    values::SHOTTRACKER_SOURCES
        .iter()
        .filter(|source| **source != "location")
        .map(|source| source.to_string())
        .collect()
}
pub fn backfill() -> Vec<String> {
    values::BACKFILL.map(str::to_owned).into()
}
pub fn zone_order() -> Vec<u8> {
    (1..=court::ZONES).collect()
}
pub fn shottracker_username_env() -> String {
    "SHOTTRACKER_USERNAME".into()
}
pub fn shottracker_secret_env() -> String {
    "SHOTTRACKER_SECRET".into()
}
/// Ten seconds of margin under the 30 at which the vendor closes.
pub fn ping_after_s() -> u64 {
    20
}
/// Messages of real streams are up to some hundred kilobytes.
pub fn max_message_mb() -> usize {
    8
}
pub fn sportradar_kind() -> FeedKind {
    FeedKind::NbaPushEvents
}
pub fn sportradar_base() -> String {
    "https://api.sportradar.com".into()
}
pub fn sportradar_level() -> String {
    "trial".into()
}
pub fn sportradar_simulations() -> String {
    "https://playback.sportradar.com".into()
}
pub fn yes() -> bool {
    true
}
pub fn sportradar_key_env() -> String {
    "SPORTRADAR_KEY".into()
}
/// Three heartbeats, which come every 5 s.
pub fn watchdog_s() -> u64 {
    15
}
pub fn bgra() -> PixelFormat {
    PixelFormat::Bgra
}
pub fn straight() -> Alpha {
    Alpha::Straight
}
/// Lossless with alpha and fast enough to write live at 1080p59.94 (77 frames a second on two cores).
pub fn ffmpeg_options() -> Vec<String> {
    ["-c:v", "qtrle", "-pix_fmt", "argb"].map(str::to_owned).to_vec()
}
