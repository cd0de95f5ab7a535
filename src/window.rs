//! The program window: shows frames as they leave playout and turns keys into commands.
//!
//! In: frames through an output's intake, the latest status. Out: commands, by the key table that the show gives.
//! Runs on the main thread, as window systems ask. It has a wgpu device of its own and draws nothing but the finished
//! frame over a background, so nothing that happens to a window can touch what other outputs receive.

mod keys;
mod present;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use arc_swap::ArcSwapOption;
use winit::application::ApplicationHandler;
use winit::dpi::PhysicalSize;
use winit::event::{ElementState, KeyEvent, MouseButton, WindowEvent};
use winit::event_loop::{ActiveEventLoop, ControlFlow, EventLoop, EventLoopProxy};
use winit::keyboard::Key;
use winit::window::{Fullscreen, Window, WindowId};

use crate::command::{self, Command};
use crate::draw_list::{Point, Size};
use crate::frame::Need;
use crate::output::Intake;
use crate::status::Status;

use keys::{Press, Table};
use present::Presenter;
pub use present::View;

/// What the window receives: the renderer's own format.
pub const NEED: Need = Need::NATIVE;

/// Where the operator's commands go; never waits.
pub type Send = Box<dyn Fn(Command)>;

/// What is behind the graphics.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Background {
    Checkerboard,
    Black,
    White,
    Arena,
    /// Nothing, and the fill alone: colours as they are where anything covers, whatever its alpha.
    Fill,
    /// Nothing, and the key alone: alpha as grey.
    Key,
}

impl Background {
    fn next(self) -> Self {
        match self {
            Background::Checkerboard => Background::Black,
            Background::Black => Background::White,
            Background::White => Background::Arena,
            Background::Arena => Background::Fill,
            Background::Fill => Background::Key,
            Background::Key => Background::Checkerboard,
        }
    }
}

/// What a person does at the window, for whoever listens.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Input {
    Letter(char),
    Left,
    Right,
    PageUp,
    PageDown,
    Home,
    End,
    Space,
    Escape,
    /// The pointer moved to a point of the canvas, in its pixels.
    Pointer(Point),
    /// The main button was pressed there.
    Press(Point),
}

/// Hears what a person does; never waits.
pub type Listen = Box<dyn Fn(Input)>;

/// What the window shows and what its keys do.
pub struct Options {
    pub title: String,
    /// The canvas; the window opens at this size, or at half of it where the screen is smaller.
    pub canvas: Size,
    pub background: Background,
    /// One key, one command. Escape (everything off at once), Backspace (takes the last correction back), F2 (background),
    /// F9 (bookmark), F11 (full screen), Tab, Up, Down and the page keys (how far a feed is held back) are the window's own;
    /// in a rehearsal others steer it.
    pub keys: BTreeMap<command::Key, Command>,
    /// Keys steer a rehearsal, too.
    pub is_rehearsal: bool,
    /// Hears every key but F2 and F11 in place of the above, and the pointer.
    pub listen: Option<Listen>,
    /// Rows of the canvas from here on are shown as they are, whatever the background.
    pub plain_from: u32,
}

#[derive(Debug, thiserror::Error)]
pub enum WindowError {
    #[error("there is no display to open a window on: neither DISPLAY nor WAYLAND_DISPLAY leads to one")]
    NoDisplay(#[source] winit::error::EventLoopError),
    #[error("the window's event loop ended: {0}")]
    Loop(#[source] winit::error::EventLoopError),
    #[error("the window could not be opened: {0}")]
    Open(#[from] winit::error::OsError),
    #[error("the window's graphics could not be started: {0}")]
    Graphics(#[from] present::PresentError),
}

/// An event loop that is ready to run: made before playout starts, so that a missing display is known in time.
pub struct EventSource {
    event_loop: EventLoop<()>,
}

impl EventSource {
    pub fn new() -> Result<Self, WindowError> {
        Ok(Self { event_loop: EventLoop::new().map_err(WindowError::NoDisplay)? })
    }

    /// Wakes the window: called by playout after every frame it offers.
    pub fn waker(&self) -> Box<dyn Fn() + std::marker::Send> {
        let proxy: EventLoopProxy<()> = self.event_loop.create_proxy();
        Box::new(move || {
            // The loop is gone only when the window is: then there is nobody to wake.
            let _ = proxy.send_event(());
        })
    }

    /// Shows the window until it is closed or `stop` becomes true.
    pub fn run(
        self,
        options: Options,
        intake: Intake,
        status: Arc<ArcSwapOption<Status>>,
        send: Send,
        stop: Arc<AtomicBool>,
    ) -> Result<(), WindowError> {
        let background = options.background;
        let mut program = Program {
            options,
            background,
            intake,
            status,
            send,
            stop,
            shown: None,
            titled_at: None,
            chosen: None,
            pointer: None,
            failure: None,
        };
        self.event_loop.run_app(&mut program).map_err(WindowError::Loop)?;
        program.failure.map_or(Ok(()), Err)
    }
}

struct Program {
    options: Options,
    background: Background,
    intake: Intake,
    status: Arc<ArcSwapOption<Status>>,
    send: Send,
    stop: Arc<AtomicBool>,
    shown: Option<Shown>,
    titled_at: Option<Instant>,
    /// Which of the status's feeds the delay keys are for; none before Tab was pressed or a feed was held back.
    chosen: Option<usize>,
    /// Where the pointer is, in pixels of the canvas.
    pointer: Option<Point>,
    failure: Option<WindowError>,
}

struct Shown {
    window: Arc<Window>,
    presenter: Presenter,
}

/// The title carries the status line; a person reads it once a second at most.
const TITLE_EVERY: Duration = Duration::from_secs(1);

/// How often a window that receives no frames looks whether it is to stop.
const STOP_CHECK: Duration = Duration::from_millis(100);

impl Program {
    fn open(&mut self, event_loop: &ActiveEventLoop) -> Result<Shown, WindowError> {
        let Size { width, height } = self.options.canvas;
        let fits =
            event_loop.primary_monitor().or_else(|| event_loop.available_monitors().next()).is_none_or(|monitor| {
                let screen = monitor.size();
                screen.width >= width && screen.height >= height
            });
        let shrink = if fits { 1 } else { 2 };
        let attributes = Window::default_attributes()
            .with_title(&self.options.title)
            .with_inner_size(PhysicalSize::new(width / shrink, height / shrink));
        let window = Arc::new(event_loop.create_window(attributes)?);
        let presenter = Presenter::new(window.clone(), self.options.canvas)?;
        Ok(Shown { window, presenter })
    }

    fn key(&mut self, key: &Key) {
        if let Some(listen) = self.options.listen.as_ref().filter(|_| !keys::is_own(key)) {
            return keys::input(key).into_iter().for_each(listen);
        }
        let status = self.status.load();
        let feeds = status.as_ref().map_or(&[][..], |status| &status.feeds);
        let table = Table { keys: &self.options.keys, is_rehearsal: self.options.is_rehearsal };
        match table.meaning(key, feeds, self.chosen) {
            Press::Send(command) => (self.send)(command),
            Press::Choose(feed) => {
                self.chosen = Some(feed);
                self.titled_at = None;
            }
            Press::NextBackground => {
                self.background = self.background.next();
                self.redraw();
            }
            Press::FullScreen => self.toggle_full_screen(),
            Press::Nothing => {}
        }
    }

    /// The point of the canvas that a point of the window shows.
    fn point_of_canvas(&self, x: f64, y: f64) -> Option<Point> {
        let Shown { window, .. } = self.shown.as_ref()?;
        let Size { width, height } = self.options.canvas;
        let (inner, canvas) = (window.inner_size(), [f64::from(width), f64::from(height)]);
        let window = [f64::from(inner.width), f64::from(inner.height)];
        let scale = (window[0] / canvas[0]).min(window[1] / canvas[1]);
        let from = |at: f64, axis: usize| ((at - (window[axis] - canvas[axis] * scale) / 2.0) / scale) as f32;
        Some(Point::new(from(x, 0), from(y, 1)))
    }

    fn pointer(&mut self, what: fn(Point) -> Input) {
        if let (Some(at), Some(listen)) = (self.pointer, &self.options.listen) {
            listen(what(at));
        }
    }

    fn toggle_full_screen(&self) {
        if let Some(Shown { window, .. }) = &self.shown {
            let next = if window.fullscreen().is_some() { None } else { Some(Fullscreen::Borderless(None)) };
            window.set_fullscreen(next);
        }
    }

    fn redraw(&self) {
        if let Some(shown) = &self.shown {
            shown.window.request_redraw();
        }
    }

    fn present(&mut self) {
        let Some(shown) = &mut self.shown else { return };
        let frame = self.intake.newest();
        if let Some(frame) = &frame {
            shown.presenter.take(frame);
        }
        shown.presenter.present(self.background, self.options.plain_from);
        if frame.is_some() {
            self.intake.count_sent();
        }
        self.tell();
    }

    /// Has the title say how the show stands: also while no frame comes, as in a rehearsal that stands still.
    fn tell(&mut self) {
        let Some(shown) = &self.shown else { return };
        if self.titled_at.is_none_or(|at| at.elapsed() >= TITLE_EVERY)
            && let Some(status) = &*self.status.load()
        {
            self.titled_at = Some(Instant::now());
            shown.window.set_title(&title(&self.options.title, status, self.chosen));
        }
    }
}

/// "Golden State at Brooklyn - on air score-bug - GSW 82 BKN 87 Q4 0:23.4 - 59.94 - late 0 - [tracker up +12 frames], league
/// DOWN", with the chosen feed in brackets.
fn title(name: &str, status: &Status, chosen: Option<usize>) -> String {
    let feed = |(index, feed)| {
        let text = status.feed_in_short(feed);
        if chosen == Some(index) { format!("[{text}]") } else { text }
    };
    let feeds: Vec<String> = status.feeds.iter().enumerate().map(feed).collect();
    let rehearsal = status.rehearsal.as_ref().map(|rehearsal| rehearsal.in_short(status.frame, status.rate));
    let rehearsal = rehearsal.map(|rehearsal| format!("{rehearsal} - ")).unwrap_or_default();
    // First, because a title is cut at its end.
    let alarms: String = status.alarms().iter().map(|alarm| format!("{alarm} - ")).collect();
    // Last: sentences are long, and what is cut of them the status line has.
    let reasons: String = status.sentences().map(|reason| format!(" - {reason}")).collect();
    let (rate, late) = (status.rate, status.late);
    let (layers, game) = (status.layers_in_short(), &status.game);
    format!("{alarms}{rehearsal}{name} - {layers} - {game} - {rate} - late {late} - {}{reasons}", feeds.join(", "))
}

impl ApplicationHandler<()> for Program {
    fn resumed(&mut self, event_loop: &ActiveEventLoop) {
        if self.shown.is_some() {
            return;
        }
        match self.open(event_loop) {
            Ok(shown) => self.shown = Some(shown),
            Err(failure) => {
                self.failure = Some(failure);
                event_loop.exit();
            }
        }
    }

    fn user_event(&mut self, _: &ActiveEventLoop, (): ()) {
        self.redraw();
    }

    fn about_to_wait(&mut self, event_loop: &ActiveEventLoop) {
        if self.stop.load(Ordering::Relaxed) {
            event_loop.exit();
        }
        self.tell();
        event_loop.set_control_flow(ControlFlow::WaitUntil(Instant::now() + STOP_CHECK));
    }

    fn window_event(&mut self, event_loop: &ActiveEventLoop, _: WindowId, event: WindowEvent) {
        match event {
            WindowEvent::CloseRequested => event_loop.exit(),
            WindowEvent::RedrawRequested => self.present(),
            WindowEvent::Resized(size) => {
                if let Some(shown) = &mut self.shown {
                    shown.presenter.resize(size.width, size.height);
                    shown.window.request_redraw();
                }
            }
            WindowEvent::KeyboardInput {
                event: KeyEvent { state: ElementState::Pressed, repeat, logical_key, .. },
                // Of a key that is down when the window gets the focus the system tells once more: nobody pressed it again.
                is_synthetic: false,
                ..
            } if !repeat || self.options.listen.is_some() => self.key(&logical_key),
            WindowEvent::CursorMoved { position, .. } => {
                self.pointer = self.point_of_canvas(position.x, position.y);
                self.pointer(Input::Pointer);
            }
            WindowEvent::MouseInput { state: ElementState::Pressed, button: MouseButton::Left, .. } => {
                self.pointer(Input::Press);
            }
            _ => {}
        }
    }
}
