//! Compares pictures with the expected ones kept under tests/visual/cases, alpha included.
//!
//! A case is a folder with a `case.toml` (what it shows, its canvas, frames and checks) and one PNG, with straight
//! alpha, for each frame: `expected-<frame>.png`; of a large canvas a `crop`, one pixel for one. Whatever draws the frames is the caller's; this module reads the
//! case, compares, and writes.
//!
//! - A missing picture is a failure. `SIDELINE_BLESS=1` writes what was drawn as expected, and fails that run too, so
//!   that nobody blesses without a second, unaided run. Look at what you bless.
//! - A picture that no frame asks for is a failure, and so is one above 16 KiB: cases are small on purpose.
//! - Each check allows a number of pixels to be off by more than some steps in any of R, G, B, A (premultiplied, so that
//!   the colour of what is transparent does not count). Limits keep anybody from allowing everything.
//! - A failure leaves `<case>-<frame>-actual.png`, `-difference.png` (colour) and `-difference-alpha.png` under
//!   target/visual; a frame that passes removes old ones.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use sideline::draw_list::Size;

/// A check that allows more is no check.
const LARGEST_OVER: u8 = 32;
const LARGEST_ALLOWED_SHARE: f64 = 0.005;
const LARGEST_FILE_BYTES: u64 = 16 * 1024;

/// `case.toml`, but for the keys that the caller's own kind of case adds.
#[derive(Debug, Deserialize)]
pub struct Case {
    #[serde(skip)]
    pub name: String,
    #[serde(skip)]
    pub folder: PathBuf,
    /// One sentence: what a reader of the picture should see.
    pub shows: String,
    /// Width and height in pixels.
    pub canvas: [u32; 2],
    /// The part of the canvas that is compared: x, y, width and height. Without it all of it is.
    pub crop: Option<[u32; 4]>,
    /// Numbers of the frames to compare.
    #[serde(default = "first_frame")]
    pub frames: Vec<u64>,
    #[serde(rename = "check")]
    pub checks: Vec<Check>,
    /// Keys of the caller's kind of case ("list", or "template", "snapshot", …).
    #[serde(flatten)]
    pub more: toml::Table,
}

fn first_frame() -> Vec<u64> {
    vec![0]
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// A pixel counts when any of its parts is off by more than this many steps of 255.
    pub over: u8,
    /// How many pixels may count.
    pub allowed: u32,
    /// Why any may.
    pub reason: Option<String>,
}

/// All cases, by name.
pub fn cases() -> Vec<Case> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/visual/cases");
    // `shared` holds what the templates of several cases show.
    let mut folders: Vec<PathBuf> = fs::read_dir(&root)
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir() && !path.ends_with("shared"))
        .collect();
    folders.sort();
    folders.iter().map(|folder| read(folder)).collect()
}

pub fn read(folder: &Path) -> Case {
    let file = folder.join("case.toml");
    let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    let mut case: Case = toml::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
    case.name = folder.file_name().unwrap().to_string_lossy().into_owned();
    case.folder = folder.to_owned();
    let problems = problems(&case);
    assert!(problems.is_empty(), "{}:\n{}", file.display(), problems.join("\n"));
    case
}

fn problems(case: &Case) -> Vec<String> {
    let mut problems = Vec::new();
    if case.shows.trim().is_empty() {
        problems.push("`shows` is empty: say what the picture must show".to_owned());
    }
    if case.checks.is_empty() || case.frames.is_empty() {
        problems.push("a case needs at least one check and one frame".to_owned());
    }
    let compared = case.compared();
    let pixels = f64::from(compared.width) * f64::from(compared.height);
    if let Some([x, y, width, height]) = case.crop
        && (width == 0 || height == 0 || x + width > case.canvas[0] || y + height > case.canvas[1])
    {
        problems.push(format!("the crop {width}x{height} at {x}, {y} is no part of the canvas"));
    }
    for Check { over, allowed, reason } in &case.checks {
        if *over > LARGEST_OVER {
            problems.push(format!("over = {over} is above {LARGEST_OVER}"));
        }
        if f64::from(*allowed) > pixels * LARGEST_ALLOWED_SHARE {
            problems.push(format!("allowed = {allowed} is above 0.5% of {pixels} pixels"));
        }
        if *allowed > 0 && reason.is_none() {
            problems.push(format!("allowed = {allowed} needs a reason"));
        }
    }
    for (index, check) in case.checks.iter().enumerate() {
        let is_implied = |other: &Check| other.over <= check.over && other.allowed <= check.allowed;
        if case.checks.iter().enumerate().any(|(n, other)| n != index && is_implied(other)) {
            problems.push(format!("the check over = {} has no effect beside a stricter one", check.over));
        }
    }
    problems
}

impl Case {
    pub fn size(&self) -> Size {
        Size::new(self.canvas[0], self.canvas[1])
    }

    /// Of the pictures that are compared.
    fn compared(&self) -> Size {
        self.crop.map_or(self.size(), |[_, _, width, height]| Size::new(width, height))
    }

    /// What is compared of a picture of the whole canvas.
    fn cropped(&self, whole: Vec<u8>) -> Vec<u8> {
        let Some([x, y, width, height]) = self.crop else { return whole };
        let row = |y: u32| ((y * self.canvas[0] + x) * 4) as usize;
        (y..y + height).flat_map(|y| &whole[row(y)..row(y) + width as usize * 4]).copied().collect()
    }

    fn expected_file(&self, frame: u64) -> PathBuf {
        self.folder.join(format!("expected-{frame}.png"))
    }

    /// Pictures in the folder that no frame asks for.
    fn unused(&self) -> Vec<String> {
        let used: BTreeSet<_> = self.frames.iter().map(|frame| format!("expected-{frame}.png")).collect();
        let found = fs::read_dir(&self.folder).unwrap().map(|entry| entry.unwrap().file_name());
        let found = found.map(|name| name.to_string_lossy().into_owned());
        found.filter(|name| name.ends_with(".png") && !used.contains(name)).collect()
    }
}

/// Compares all frames of a case with what `draw` makes of them (RGBA, straight alpha, row by row); the problems found,
/// none when all is well.
pub fn compare(case: &Case, mut draw: impl FnMut(u64) -> Vec<u8>) -> Vec<String> {
    let mut problems: Vec<String> =
        case.unused().into_iter().map(|name| format!("{}: {name} belongs to no frame; remove it", case.name)).collect();
    let blesses = std::env::var_os("SIDELINE_BLESS").is_some_and(|value| value == "1");
    for frame in &case.frames {
        let actual = case.cropped(draw(*frame));
        let found = compare_frame(case, *frame, &actual);
        if blesses && found.is_err() {
            write_png(&case.expected_file(*frame), &actual, case.compared());
            problems.push(format!("{} frame {frame}: blessed; look at it, then run again without blessing", case.name));
        } else if let Err(problem) = found {
            problems.push(format!("{} frame {frame}: {problem}", case.name));
        }
    }
    problems
}

fn compare_frame(case: &Case, frame: u64, actual: &[u8]) -> Result<(), String> {
    let left = Leftovers { stem: format!("{}-{frame}", case.name) };
    left.remove();
    let file = case.expected_file(frame);
    if !file.exists() {
        left.write("actual", actual, case.compared());
        return Err(format!("{} is missing; SIDELINE_BLESS=1 writes it", file.display()));
    }
    let bytes = fs::metadata(&file).map_err(|error| error.to_string())?.len();
    if bytes > LARGEST_FILE_BYTES {
        return Err(format!("{} has {bytes} bytes; use a smaller canvas or a crop", file.display()));
    }
    let expected = image::open(&file).map_err(|error| format!("{}: {error}", file.display()))?.into_rgba8();
    if Size::new(expected.width(), expected.height()) != case.compared() {
        return Err(format!("{} is {}x{}", file.display(), expected.width(), expected.height()));
    }
    let offs = offs(&expected, actual);
    let failed: Vec<String> = case.checks.iter().filter_map(|check| failure(check, &offs)).collect();
    if failed.is_empty() {
        return Ok(());
    }
    left.write("actual", actual, case.compared());
    let picture = |part: fn(&[u8; 4]) -> [u8; 3]| -> Vec<u8> {
        let bright = |off: u8| off.saturating_mul(8);
        offs.iter().map(part).flat_map(|[r, g, b]| [bright(r), bright(g), bright(b), 255]).collect()
    };
    left.write("difference", &picture(|[r, g, b, _]| [*r, *g, *b]), case.compared());
    left.write("difference-alpha", &picture(|[_, _, _, a]| [*a, *a, *a]), case.compared());
    Err(format!("{} (pictures: target/visual/{}-*.png)", failed.join("; "), left.stem))
}

fn failure(check: &Check, offs: &[[u8; 4]]) -> Option<String> {
    let count = offs.iter().filter(|off| off.iter().any(|part| *part > check.over)).count();
    let worst = offs.iter().flatten().max().copied().unwrap_or_default();
    (count > check.allowed as usize).then(|| {
        format!("{count} pixels are off by more than {}, {} may be; the worst by {worst}", check.over, check.allowed)
    })
}

/// How far each part of each pixel is off, premultiplied.
fn offs(expected: &[u8], actual: &[u8]) -> Vec<[u8; 4]> {
    assert_eq!(expected.len(), actual.len(), "what was drawn has the size of the canvas");
    let premultiplied = |pixel: &[u8]| {
        let alpha = u16::from(pixel[3]);
        let part = |color: u8| ((u16::from(color) * alpha + 127) / 255) as u8;
        [part(pixel[0]), part(pixel[1]), part(pixel[2]), pixel[3]]
    };
    let pairs = expected.chunks_exact(4).zip(actual.chunks_exact(4));
    pairs
        .map(|(expected, actual)| {
            let (expected, actual) = (premultiplied(expected), premultiplied(actual));
            [0, 1, 2, 3].map(|part| expected[part].abs_diff(actual[part]))
        })
        .collect()
}

/// What a failed frame leaves under target/visual.
struct Leftovers {
    stem: String,
}

impl Leftovers {
    fn file(&self, kind: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("target/visual").join(format!("{}-{kind}.png", self.stem))
    }

    fn remove(&self) {
        for kind in ["actual", "difference", "difference-alpha"] {
            // Most frames never failed, so that there is nothing to remove.
            let _absent = fs::remove_file(self.file(kind));
        }
    }

    fn write(&self, kind: &str, rgba: &[u8], size: Size) {
        write_png(&self.file(kind), rgba, size);
    }
}

fn write_png(file: &Path, rgba: &[u8], size: Size) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    image::save_buffer(file, rgba, size.width, size.height, image::ColorType::Rgba8)
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()));
}

fn case(checks: Vec<Check>) -> Case {
    Case {
        name: String::new(),
        folder: PathBuf::new(),
        shows: "a test".to_owned(),
        canvas: [100, 100],
        crop: None,
        frames: vec![0],
        checks,
        more: toml::Table::new(),
    }
}

fn strict() -> Check {
    Check { over: 0, allowed: 0, reason: None }
}

#[test]
fn a_case_without_checks_or_with_one_that_allows_everything_is_refused() {
    assert_eq!(problems(&case(vec![strict()])), [""; 0]);
    assert!(!problems(&case(vec![])).is_empty());
    assert!(!problems(&case(vec![Check { over: 33, ..strict() }])).is_empty());
    assert!(!problems(&case(vec![Check { allowed: 51, reason: Some("noise".to_owned()), ..strict() }])).is_empty());
    assert!(!problems(&case(vec![Check { allowed: 5, ..strict() }])).is_empty(), "without a reason");
}

#[test]
fn a_check_beside_a_stricter_one_is_refused() {
    assert!(!problems(&case(vec![strict(), Check { over: 24, ..strict() }])).is_empty());
    let noise = Check { over: 2, allowed: 40, reason: Some("edges".to_owned()) };
    assert_eq!(problems(&case(vec![Check { over: 24, ..strict() }, noise])), [""; 0]);
}

#[test]
fn alpha_alone_counts_and_the_colour_of_nothing_does_not() {
    assert_eq!(offs(&[9, 9, 9, 0], &[200, 0, 0, 0]), [[0; 4]]);
    assert_eq!(offs(&[0, 0, 0, 255], &[0, 0, 0, 250]), [[0, 0, 0, 5]]);
    assert!(failure(&Check { over: 4, ..strict() }, &[[0, 0, 0, 5]]).is_some());
    assert!(failure(&Check { over: 5, ..strict() }, &[[0, 0, 0, 5]]).is_none());
}

#[test]
fn a_crop_is_compared_pixel_for_pixel_and_lies_on_the_canvas() {
    let cut = |crop: [u32; 4]| Case { canvas: [4, 3], crop: Some(crop), ..case(vec![strict()]) };
    let whole: Vec<u8> = (0..12u8).flat_map(|n| [n; 4]).collect();
    let part = cut([1, 1, 2, 2]);
    assert_eq!(part.cropped(whole), [5, 6, 9, 10].map(|n: u8| [n; 4]).concat());
    assert_eq!((part.compared(), problems(&part)), (Size::new(2, 2), Vec::new()));
    assert!(!problems(&cut([3, 1, 2, 2])).is_empty() && !problems(&cut([0, 0, 0, 2])).is_empty());
}
