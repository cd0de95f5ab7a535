//! What works on this machine, and what to do about the rest: `sideline doctor`.

use std::net::TcpListener;
use std::process::Command;

use serde::Serialize;

use crate::draw_list::TextRun;
use crate::render::Gpu;
use crate::template::TemplateSet;
use crate::text::Fonts;
use crate::window::EventSource;

/// The state of one thing that a show can need.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub what: &'static str,
    pub works: bool,
    /// A show can do without it.
    pub optional: bool,
    pub detail: String,
    /// What to do when it does not work.
    pub remedy: Option<&'static str>,
}

/// Tries everything; nothing is changed and nothing is left open.
pub fn doctor() -> Vec<Finding> {
    vec![graphics(), fonts(), templates(), display(), ffmpeg(), ports()]
}

fn finding(what: &'static str, optional: bool, tried: Result<String, String>, remedy: &'static str) -> Finding {
    match tried {
        Ok(detail) => Finding { what, works: true, optional, detail, remedy: None },
        Err(detail) => Finding { what, works: false, optional, detail, remedy: Some(remedy) },
    }
}

fn graphics() -> Finding {
    let tried = Gpu::new().map(|gpu| gpu.describe()).map_err(|cause| cause.to_string());
    finding(
        "graphics adapter",
        false,
        tried,
        "install the GPU's driver, or: apt install mesa-vulkan-drivers libvulkan1",
    )
}

fn fonts() -> Finding {
    let mut fonts = Fonts::bundled();
    let run = TextRun {
        text: "0:00".into(),
        family: "Roboto Condensed".into(),
        weight: 700,
        size_px: 48.0,
        tabular: true,
        ..TextRun::default()
    };
    let tried = match fonts.measure(&run) {
        Ok(_) => Ok(fonts.families().collect::<Vec<_>>().join(", ")),
        Err(cause) => Err(cause.to_string()),
    };
    finding("fonts", false, tried, "the program is damaged: build it again from a clean checkout")
}

fn templates() -> Finding {
    let tried = match TemplateSet::builtin() {
        Ok(set) => Ok(set.names()),
        Err(problems) => Err(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")),
    };
    finding("built-in templates", false, tried, "the program is damaged: build it again from a clean checkout")
}

fn display() -> Finding {
    let tried = EventSource::new().map(|_| "a window can be opened".to_owned()).map_err(|cause| cause.to_string());
    finding("display", true, tried, "start in a desktop session, or run without a window: sideline run --headless")
}

fn ffmpeg() -> Finding {
    let tried = match Command::new("ffmpeg").arg("-version").output() {
        Ok(said) => {
            let said = String::from_utf8_lossy(&said.stdout).into_owned();
            Ok(said.lines().next().unwrap_or("ffmpeg").to_owned())
        }
        Err(cause) => Err(cause.to_string()),
    };
    finding("ffmpeg", true, tried, "needed for movies only: apt install ffmpeg")
}

fn ports() -> Finding {
    let tried = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    let tried = match tried {
        Ok(address) => Ok(format!("loopback is open (tried {address})")),
        Err(cause) => Err(cause.to_string()),
    };
    finding("loopback network", false, tried, "the mock venue needs it: allow connections to 127.0.0.1")
}
