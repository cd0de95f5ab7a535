//! Goldens: what the renderer draws of a draw list, on software Vulkan, against pictures under tests/visual/cases.
//!
//! A case with `list = "<name>"` draws the list of that name in `lists` below; `golden` says how pictures are compared,
//! blessed and looked at. To add one: write a list, add a folder with a case.toml, run
//! `SIDELINE_BLESS=1 cargo test --test it visual`, look at the picture, run again without it.

use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::render::Renderer;
use sideline::text::Fonts;
use sideline::time::FrameIndex;

use crate::draw;
use crate::golden::{self, Case};

mod lists;

const STRAIGHT: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };

fn list_name(case: &Case) -> Option<&str> {
    case.more.get("list").and_then(|name| name.as_str())
}

#[test]
fn draw_lists_look_as_expected() {
    let mut fonts = Fonts::bundled();
    let mut problems = Vec::new();
    for case in golden::cases() {
        let Some(name) = list_name(&case) else { continue };
        let Some(list) = lists::find(name) else {
            problems.push(format!("{}: no list is called `{name}`", case.name));
            continue;
        };
        let unknown: Vec<_> = case.more.keys().filter(|key| *key != "list").collect();
        assert!(unknown.is_empty(), "{}: unknown keys {unknown:?}", case.name);
        let mut renderer = Renderer::new(draw::gpu(), case.size(), &[STRAIGHT]).unwrap();
        problems.extend(golden::compare(&case, |frame| {
            let frame = renderer.render(FrameIndex(frame), list(case.size(), frame), &mut fonts).unwrap();
            frame.picture(STRAIGHT).unwrap().to_bytes()
        }));
    }
    assert!(problems.is_empty(), "\n{}", problems.join("\n"));
}

#[test]
fn every_list_has_a_case() {
    let cases = golden::cases();
    for (name, _) in lists::ALL {
        assert!(cases.iter().any(|case| list_name(case) == Some(name)), "list `{name}` is drawn by no case");
    }
}
