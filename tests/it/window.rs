//! The program window on a real display server: what an operator sees is what playout drew.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sideline::color::Rgb;
use sideline::ids::Side;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    ConnectionExt, EventMask, ImageFormat, InputFocus, KEY_PRESS_EVENT, KeyButMask, KeyPressEvent, MapState,
};

/// Long enough for a debug build to draw its first frame on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// An X server without a screen; ended when dropped.
pub struct Display {
    server: Child,
    pub name: String,
}

impl Display {
    pub fn open() -> Display {
        // Screenshots are clients that come and go: without `-noreset` the server would begin anew after each of them, and
        // turn away a program that is just connecting.
        let mut server = Command::new("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x720x24", "-nolisten", "tcp", "-noreset"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Xvfb runs; scripts/test installs it");
        let mut number = String::new();
        let stdout = server.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut number).expect("Xvfb tells its number");
        Display { server, name: format!(":{}", number.trim()) }
    }

    /// Presses a key in every window that is shown, by its code on a PC's keyboard.
    pub fn press(&self, keycode: u8) {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("connects");
        let root = connection.setup().roots[screen].root;
        let windows = connection.query_tree(root).expect("asks").reply().expect("the windows").children;
        for event in windows {
            let about = connection.get_window_attributes(event).expect("asks").reply().expect("a window");
            if about.map_state != MapState::VIEWABLE {
                continue;
            }
            // No window manager is there to give a window the keyboard, without which it hears no key.
            let focused = connection.set_input_focus(InputFocus::PARENT, event, x11rb::CURRENT_TIME);
            focused.expect("sends").check().expect("has the keyboard");
            let press = KeyPressEvent {
                response_type: KEY_PRESS_EVENT,
                detail: keycode,
                sequence: 0,
                time: x11rb::CURRENT_TIME,
                root,
                event,
                child: x11rb::NONE,
                root_x: 0,
                root_y: 0,
                event_x: 0,
                event_y: 0,
                state: KeyButMask::default(),
                same_screen: true,
            };
            connection.send_event(false, event, EventMask::KEY_PRESS, press).expect("sends").check().expect("sent");
        }
    }

    pub fn screenshot(&self) -> Screenshot {
        let (connection, screen) = x11rb::connect(Some(&self.name)).expect("connects");
        let root = &connection.setup().roots[screen];
        let (width, height) = (root.width_in_pixels, root.height_in_pixels);
        let image = connection
            .get_image(ImageFormat::Z_PIXMAP, root.root, 0, 0, width, height, u32::MAX)
            .expect("asks")
            .reply()
            .expect("a picture of the screen");
        Screenshot { width: usize::from(width), bgrx: image.data }
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

pub struct Screenshot {
    width: usize,
    bgrx: Vec<u8>,
}

impl Screenshot {
    /// Where the screen shows a colour, give or take what a plate's gradient adds.
    pub fn pixels_near(&self, rgb: [u8; 3], tolerance: i16) -> Vec<(usize, usize)> {
        let near = |a: u8, b: u8| (i16::from(a) - i16::from(b)).abs() <= tolerance;
        let hits = self.bgrx.chunks_exact(4).enumerate();
        hits.filter(|(_, p)| near(p[2], rgb[0]) && near(p[1], rgb[1]) && near(p[0], rgb[2]))
            .map(|(at, _)| (at % self.width, at / self.width))
            .collect()
    }
}

/// A child that does not outlive the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

const SHOW: &str = r##"
[show]
name = "window test"
rate = "25"
size = "720p"

[venue]
start = "Q2 6:00"

[teams.home]
code = "BKN"
[teams.away]
code = "GSW"

[[feed]]
id = "tracker"
kind = "shottracker"
venue = true

[[graphic]]
name = "bug"
template = "score-bug"
layer = 1
key = "1"

[rundown]
steps = [{ at_s = 0.0, take = "bug" }]

[[output]]
id = "program"
kind = "window"
background = "checkerboard"
"##;

#[test]
fn the_window_shows_the_score_bug_at_its_place_in_the_jerseys_colours() {
    let display = Display::open();
    let folder = tempfile::tempdir().expect("a folder");
    let show = folder.path().join("show.toml");
    std::fs::write(&show, SHOW).expect("writes");
    let child = Command::new(env!("CARGO_BIN_EXE_sideline"))
        .arg("run")
        .arg(&show)
        .env("DISPLAY", &display.name)
        .env_remove("WAYLAND_DISPLAY")
        .env("SIDELINE_ADAPTER", "software")
        .spawn()
        .expect("starts");
    let _running = Running(child);
    let script = sideline::venue::script::Script::builtin();
    let jerseys = Side::BOTH.map(|side| script.team(side).color.parse::<Rgb>().expect("a colour"));
    let deadline = Instant::now() + PATIENCE;
    loop {
        let screenshot = display.screenshot();
        let plates = jerseys.map(|Rgb { r, g, b }| screenshot.pixels_near([r, g, b], 32));
        // The bug is the lower part of the picture, in the middle, inside the safe area (EBU R 95: 5% a side).
        let in_place = |pixels: &Vec<(usize, usize)>| {
            pixels.iter().filter(|(x, y)| (64..1216).contains(x) && (576..684).contains(y)).count()
        };
        let found: Vec<usize> = plates.iter().map(in_place).collect();
        if found.iter().all(|count| *count > 1_000) {
            return;
        }
        assert!(Instant::now() < deadline, "no score bug on the screen after {PATIENCE:?}; plate pixels: {found:?}");
        std::thread::sleep(Duration::from_millis(100));
    }
}
