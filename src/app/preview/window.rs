//! The preview in a window: keys and pointer in, frames out.
//!
//! Threads: the main one runs the window's event loop; `preview` draws; `templates` watches and compiles.

use std::io::{IsTerminal, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arc_swap::ArcSwapOption;
use base64::Engine;
use crossbeam_channel::{Receiver, Sender};

use super::{Act, Preview, Previewing, help, overlay};
use crate::app::Failure;
use crate::draw_list::{Point, Size};
use crate::output::{self, Output};
use crate::time::{Clock, FrameIndex, SystemClock};
use crate::window::{self, EventSource, Input};

/// Keys and places of the pointer on their way to the next frame. When full the newest is forgotten.
const INPUTS: usize = 256;

/// Opens the preview's window, until it is closed.
pub fn preview(what: Previewing) -> Result<(), Failure> {
    let canvas = what.size;
    let events = EventSource::new().map_err(Failure::machine)?;
    let preview = Preview::open(what)?;
    let (output, intake) = output::queue("preview".into(), window::NEED);
    let output = output.waking(events.waker());
    let stop = Arc::new(AtomicBool::new(false));
    let (tell, inputs) = crossbeam_channel::bounded(INPUTS);
    let options = window::Options {
        title: format!("Sideline preview - {}", preview.id),
        canvas: preview.canvas(),
        background: window::Background::Checkerboard,
        keys: Default::default(),
        is_rehearsal: false,
        listen: Some(listen(tell, stop.clone())),
        plain_from: canvas.height,
    };
    eprintln!("{}", help::table());
    let drawing = std::thread::Builder::new().name("preview".into()).spawn({
        let stop = stop.clone();
        move || draw(preview, &output, &inputs, canvas, &stop)
    });
    let drawing = drawing.map_err(Failure::machine)?;
    let nothing = Box::new(|_| {});
    let shown = events.run(options, intake, Arc::new(ArcSwapOption::empty()), nothing, stop.clone());
    stop.store(true, Ordering::Relaxed);
    let drawn = match drawing.join() {
        Ok(drawn) => drawn,
        Err(panic) => std::panic::resume_unwind(panic),
    };
    shown.map_err(Failure::machine).and(drawn)
}

fn listen(tell: Sender<Input>, stop: Arc<AtomicBool>) -> window::Listen {
    Box::new(move |input| {
        if matches!(input, Input::Escape | Input::Letter('q')) {
            stop.store(true, Ordering::Relaxed);
        }
        // The next move of the pointer comes at once, and a key is pressed again.
        let _ = tell.try_send(input);
    })
}

/// Ends the window with the drawing: one that shows no more saves would look alive.
struct SetOnDrop<'a>(&'a AtomicBool);

impl Drop for SetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Draws frames at their rate until `stop`.
fn draw(
    mut preview: Preview,
    output: &Output,
    inputs: &Receiver<Input>,
    canvas: Size,
    stop: &AtomicBool,
) -> Result<(), Failure> {
    let _over = SetOnDrop(stop);
    let clock = SystemClock::start();
    let (epoch, rate) = (clock.now(), preview.what.rate);
    let mut index = FrameIndex(0);
    while !stop.load(Ordering::Relaxed) {
        for input in inputs.try_iter() {
            if matches!(input, Input::Letter('c')) || matches!(input, Input::Press(at) if is_on_picture(canvas, at)) {
                preview.data_path().into_iter().for_each(|path| copy(&path));
            }
            acts(canvas, input).into_iter().for_each(|act| preview.act(act));
        }
        if let Some(frame) = preview.frame()? {
            // A window that cannot follow shows the next one.
            let _ = output.offer(frame);
        }
        // A save is drawn when it comes, not at the next frame's time.
        let wait = (epoch + rate.time_of(index.next())).since(clock.now());
        if wait.is_zero() || !preview.wait_for_save(wait) {
            preview.tick();
            index = rate.frame_at(clock.now().since(epoch)).max(index.next());
        }
    }
    Ok(())
}

fn is_on_picture(canvas: Size, at: Point) -> bool {
    overlay::time_at(canvas, at).is_none()
}

/// What a key or the pointer does.
fn acts(canvas: Size, input: Input) -> Option<Act> {
    const TEN: i64 = 10;
    Some(match input {
        Input::Space => Act::PlayOrPause,
        Input::Left => Act::Step(-1),
        Input::Right => Act::Step(1),
        Input::PageUp => Act::Step(-TEN),
        Input::PageDown => Act::Step(TEN),
        Input::Home => Act::Scrub(0.0),
        Input::End => Act::Scrub(1.0),
        Input::Letter('t') => Act::Take,
        Input::Letter('o') => Act::Out,
        Input::Letter('x') => Act::Continue(1),
        Input::Letter('z') => Act::Continue(-1),
        Input::Letter('n') => Act::NextSample,
        Input::Letter('p') => Act::LastSample,
        Input::Letter('s') => Act::SafeAreas,
        Input::Letter('g') => Act::Grid,
        Input::Letter('b') => Act::Boxes,
        Input::Letter('h' | '?') => Act::Help,
        Input::Letter('i') => Act::Behind,
        Input::Letter(digit @ '1'..='9') => Act::Sample(digit as usize - '1' as usize),
        Input::Press(at) => Act::Scrub(overlay::time_at(canvas, at)?),
        Input::Pointer(at) => Act::Point(at),
        Input::Letter(_) | Input::Escape => return None,
    })
}

/// Prints a path for whoever pipes, and asks the terminal to put it on the clipboard (OSC 52): terminals that do not know
/// how leave it.
#[allow(clippy::print_stdout, reason = "the path is what was asked for")]
fn copy(path: &str) {
    println!("{path}");
    let mut stderr = std::io::stderr();
    if stderr.is_terminal() {
        let coded = base64::engine::general_purpose::STANDARD.encode(path);
        // A terminal that is gone has no clipboard.
        let _ = write!(stderr, "\x1b]52;c;{coded}\x07");
        let _ = stderr.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CANVAS: Size = Size::new(320, 180);

    #[test]
    fn a_press_scrubs_on_the_time_line_and_nowhere_else() {
        assert_eq!(acts(CANVAS, Input::Press(Point::new(160.0, 190.0))), Some(Act::Scrub(0.5)));
        assert_eq!(acts(CANVAS, Input::Press(Point::new(160.0, 90.0))), None);
    }

    #[test]
    fn digits_choose_samples_from_the_first() {
        assert_eq!(acts(CANVAS, Input::Letter('1')), Some(Act::Sample(0)));
        assert_eq!(acts(CANVAS, Input::Letter('9')), Some(Act::Sample(8)));
        assert_eq!(acts(CANVAS, Input::Letter('0')), None);
    }
}
