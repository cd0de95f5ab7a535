//! Text on jersey-coloured plates, measured on the pixels of the real graphics: from a feed's jersey to the picture.
//!
//! In: pairs of jerseys, and the built-in graphics. Each is drawn twice, with and without its texts: the draw list says where a
//! text's ink lies and in what colour, the second picture what is beneath it, and the first that the ink is really there.
//! Measured is the worst pixel beneath the ink.

mod tables;

use std::sync::Arc;

use sideline::color::vision::clarity;
use sideline::color::{Rgb, contrast, legible};
use sideline::command::{Command, Fields};
use sideline::draw_list::{Color, DrawList, Op, Rect, Size};
use sideline::frame::{Alpha, Need, PixelFormat};
use sideline::game::event::{Event, TeamFacts};
use sideline::game::snapshot::{GameSnapshot, TeamColor};
use sideline::game::{GameState, Rules, view};
use sideline::ids::{FeedId, FeedKind, LayerId, TeamId};
use sideline::render::Renderer;
use sideline::scene::Stage;
use sideline::template::TemplateSet;
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate, Timestamp};

use crate::{draw, graphics};

const STRAIGHT: Need = Need { format: PixelFormat::Rgba, alpha: Alpha::Straight };
/// A third of HD: colours and places are the same, and a picture costs a ninth.
const CANVAS: Size = Size::new(640, 360);
/// Until another jersey has wiped over the one before.
const SETTLED: u64 = 60;

/// Jerseys that have met, or could.
const REAL: [(&str, &str, &str); 30] = [
    ("Golden State at Brooklyn", "#000000", "#1d428a"),
    ("Los Angeles at Boston", "#007a33", "#552583"),
    ("Chicago at Boston, white", "#ffffff", "#ce1141"),
    ("Houston at Phoenix", "#e56020", "#ce1141"),
    ("Denver at Brooklyn", "#000000", "#0e2240"),
    ("Charlotte at Boston", "#007a33", "#00788c"),
    ("Indiana at Los Angeles", "#fdb927", "#fdbb30"),
    ("Cleveland at Miami", "#98002e", "#860038"),
    ("Memphis at Utah", "#002b5c", "#5d76a9"),
    ("Dallas at Oklahoma City", "#007ac1", "#00538c"),
    ("San Antonio, silver, at Milwaukee", "#00471b", "#c4ced4"),
    ("Atlanta, red, at Minnesota", "#0c2340", "#e03a3e"),
    ("Orlando at Philadelphia", "#006bb6", "#0077c0"),
    ("New York, orange, at Washington", "#002b5c", "#f58426"),
    ("Toronto at Portland", "#e03a3e", "#ce1141"),
    ("Sacramento at Golden State", "#1d428a", "#5a2d81"),
    ("both white", "#ffffff", "#ffffff"),
    ("white and cream", "#ffffff", "#f2ead8"),
    ("New Orleans at Denver, gold", "#fec524", "#0c2340"),
    ("Calgary at Edmonton", "#041e42", "#c8102e"),
    ("Vegas at Winnipeg", "#041e42", "#333f42"),
    ("Seattle, ice, at San Jose", "#006d75", "#99d9d9"),
    ("Toronto at New York", "#0038a8", "#00205b"),
    ("St. Louis at Buffalo", "#003087", "#002f87"),
    ("Minnesota at Dallas", "#006847", "#154734"),
    ("Boston, gold, at Pittsburgh", "#000000", "#fcb514"),
    ("Anaheim, orange, at Philadelphia", "#f74902", "#fc4c02"),
    ("Florida at Montreal", "#af1e2d", "#c8102e"),
    ("North Carolina, sky, at Duke", "#003087", "#7bafd4"),
    ("grey at grey", "#808080", "#8a8d8f"),
];

/// Graphics on one stage, drawn with and without their texts.
struct Show {
    stage: Stage,
    fonts: Fonts,
    game: GameSnapshot,
    whole: Renderer,
    bare: Renderer,
    next: u64,
}

/// One frame: what was drawn, its picture, and that without the texts.
struct Drawn {
    list: DrawList,
    whole: Vec<u8>,
    bare: Vec<u8>,
}

impl Show {
    /// Each graphic on a layer of its own, at rest.
    fn new(templates: Arc<TemplateSet>, graphics: &[&str], game: GameSnapshot) -> Show {
        let mut stage = Stage::new(templates);
        for (layer, graphic) in (1..).map(LayerId).zip(graphics) {
            let mut fields = Fields::new();
            if *graphic == "lower-third-text" {
                fields.extend([("name".into(), "Steve Kerr".into()), ("color".into(), "home".into())]);
            }
            let cue = Command::Cue { layer, template: (*graphic).into(), fields };
            for command in [cue, Command::Take { layer, cut: true }] {
                stage.apply(FrameIndex(0), &command).unwrap_or_else(|refused| panic!("{refused}"));
            }
        }
        let [whole, bare] = [(); 2].map(|()| Renderer::new(draw::gpu(), CANVAS, &[STRAIGHT]).unwrap());
        Show { stage, fonts: Fonts::bundled(), game, whole, bare, next: 0 }
    }

    fn wear(&mut self, home: &str, away: &str) {
        [self.game.home.color, self.game.away.color] = colors(home, away).map(Arc::new);
    }

    fn draw(&mut self, after: u64) -> Drawn {
        self.next += after;
        let frame = FrameIndex(self.next);
        let list = self.stage.draw(frame, FrameRate::FPS_50, CANVAS, &self.game, &mut self.fonts);
        let items = list.items.iter().filter(|item| !matches!(item.op, Op::Text(_))).cloned().collect();
        let bare = DrawList { canvas: CANVAS, items };
        let mut picture = |renderer: &mut Renderer, list| {
            renderer.render(frame, list, &mut self.fonts).unwrap().picture(STRAIGHT).unwrap().to_bytes()
        };
        let whole = picture(&mut self.whole, list.clone());
        let bare = picture(&mut self.bare, bare);
        Drawn { list, whole, bare }
    }
}

/// The colours that two jerseys get, by way of a feed.
fn colors(home: &str, away: &str) -> [TeamColor; 2] {
    let (at, feed, kind) = (Timestamp::from_millis(0), FeedId::new("tracker"), FeedKind::ShotTracker);
    let mut state = GameState::default();
    let team = |id: &str| TeamFacts { id: Some(TeamId::new(id)), ..TeamFacts::default() };
    state.received(at, &feed, kind, 0);
    state.apply(at, &feed, kind, &Event::Teams { home: team("h"), away: team("a") });
    let jerseys = vec![(TeamId::new("h"), home.to_owned()), (TeamId::new("a"), away.to_owned())];
    state.apply(at, &feed, kind, &Event::JerseyColors(jerseys));
    let game = view(&state, &Rules::default(), at);
    [&game.home, &game.away].map(|team| (*team.color).clone())
}

fn pixel(picture: &[u8], x: u32, y: u32) -> Rgb {
    let at = ((y * CANVAS.width + x) * 4) as usize;
    Rgb::new(picture[at], picture[at + 1], picture[at + 2])
}

/// A text's ink where it is seen, with the opacities around it.
pub(super) struct Ink {
    pub(super) node: String,
    pub(super) rect: Rect,
    pub(super) color: Color,
}

pub(super) fn inks(list: &DrawList) -> Vec<Ink> {
    let canvas = Rect::new(0.0, 0.0, list.canvas.width as f32, list.canvas.height as f32);
    let (mut clips, mut opacities, mut found) = (vec![canvas], vec![1.0f32], Vec::new());
    for item in &list.items {
        let (clip, opacity) = (*clips.last().unwrap(), *opacities.last().unwrap());
        match &item.op {
            Op::PushClip(next) => clips.push(inner(clip, next.canvas_from_local.bounds_of(next.rect))),
            Op::PopClip => drop(clips.pop()),
            Op::PushGroup { opacity: next } => opacities.push(opacity * next),
            Op::PopGroup => drop(opacities.pop()),
            Op::Text(shape) => {
                let ink = shape.canvas_from_local.bounds_of(shape.ink);
                // A clip's edge is antialiased: the pixels on it are of both sides.
                let open = Rect::new(clip.x + 1.0, clip.y + 1.0, clip.width - 2.0, clip.height - 2.0);
                let rect = inner(open, ink);
                if rect.width >= 2.0 && rect.height >= 2.0 && opacity > 0.0 {
                    let node = format!("{} \"{}\"", item.node, shape.run.text);
                    found.push(Ink { node, rect, color: shape.color.faded(opacity) });
                }
            }
            _ => {}
        }
    }
    found
}

fn inner(a: Rect, b: Rect) -> Rect {
    let (x, y) = (a.x.max(b.x), a.y.max(b.y));
    let (right, bottom) = (a.right().min(b.right()), a.bottom().min(b.bottom()));
    Rect::new(x, y, (right - x).max(0.0), (bottom - y).max(0.0))
}

/// A colour as it looks on a ground.
fn over(color: Color, ground: Rgb) -> Rgb {
    let part =
        |own: f32, below: u8| ((own * color.a + f32::from(below) / 255.0 * (1.0 - color.a)) * 255.0).round() as u8;
    Rgb::new(part(color.r, ground.r), part(color.g, ground.g), part(color.b, ground.b))
}

fn distance(a: Rgb, b: Rgb) -> f64 {
    let parts = [(a.r, b.r), (a.g, b.g), (a.b, b.b)];
    parts.iter().map(|(a, b)| (f64::from(*a) - f64::from(*b)).powi(2)).sum::<f64>().sqrt()
}

/// What a text is measured as.
struct Measured {
    /// Of the ink, with the worst pixel beneath it.
    contrast: f64,
    /// How much of the way from the ground to the ink the clearest pixel of the picture has gone: thin letters on a small
    /// canvas do not go all of it.
    shown: f64,
}

impl Drawn {
    fn measure(&self, ink: &Ink) -> Measured {
        let (mut least, mut shown) = (f64::INFINITY, 0.0f64);
        for y in ink.rect.y.ceil() as u32..ink.rect.bottom().floor() as u32 {
            for x in ink.rect.x.ceil() as u32..ink.rect.right().floor() as u32 {
                let ground = pixel(&self.bare, x, y);
                let text = over(ink.color, ground);
                least = least.min(contrast(text, ground));
                shown = shown.max(distance(pixel(&self.whole, x, y), ground) / distance(text, ground).max(1.0));
            }
        }
        Measured { contrast: least, shown }
    }

    /// Texts on a team's colours: of what it wears (`[#rrggbb]`), in its row, or in a head.
    fn of_teams(&self) -> Vec<Ink> {
        let is_of_team = |ink: &Ink| ["[#", "[home]", "[away]", "total"].iter().any(|word| ink.node.contains(word));
        inks(&self.list).into_iter().filter(is_of_team).collect()
    }

    /// What is wrong with texts below a contrast.
    fn problems(&self, name: &str, least: f64) -> Vec<String> {
        let mut problems = Vec::new();
        for ink in self.of_teams() {
            let measured = self.measure(&ink);
            if measured.contrast < least {
                problems.push(format!("{name}: {} has {:.2}", ink.node, measured.contrast));
            }
        }
        problems
    }

    /// The plates of both teams, row by row within their hairlines.
    fn plates(&self) -> Vec<(Rgb, Rgb)> {
        let plate = |side: &str| {
            let node = format!("score-bug/plate.fill[{side}]");
            let found = self.list.items.iter().find(|item| item.node.as_str().contains(&node));
            found.and_then(|item| item.op.bounds()).unwrap_or_else(|| panic!("no {node} in {}", self.list))
        };
        let (home, away) = (plate("home"), plate("away"));
        // Beside the accent at its left edge.
        let at = |plate: Rect| (plate.x + plate.width * 0.05) as u32;
        let rows = home.y as u32 + 2..home.bottom() as u32 - 2;
        rows.map(|y| (pixel(&self.bare, at(home), y), pixel(&self.bare, at(away), y))).collect()
    }
}

/// Dresses the teams, and measures; so many texts at least stand on their colours.
fn problems(show: &mut Show, name: &str, home: &str, away: &str, count: usize) -> Vec<String> {
    let name = format!("{name} ({home}, {away})");
    show.wear(home, away);
    // One frame to notice the change, one at rest.
    show.draw(1);
    let drawn = show.draw(SETTLED);
    let mut problems = drawn.problems(&name, legible::SMALL_TEXT);
    let texts = drawn.of_teams();
    assert!(texts.len() >= count, "{name}: {} texts", texts.len());
    let faint = texts.iter().filter(|ink| drawn.measure(ink).shown < 0.5);
    problems.extend(faint.map(|ink| format!("{name}: {} is not in the picture", ink.node)));
    problems
}

/// How far apart the plates are, in the picture: each pixel's eight bits may be off by half a step.
fn told_apart(show: &Show, drawn: &Drawn, name: &str) -> Option<String> {
    let apart = drawn.plates().into_iter().map(|(home, away)| clarity(home, away)).fold(f64::INFINITY, f64::min);
    let (home, away) = (&show.game.home.color.primary, &show.game.away.color.primary);
    (apart < 0.99).then(|| format!("{name}: the plates, {home:?} and {away:?}, are {apart:.3} apart"))
}

/// A score bug at both edges, the number of a lower third, and the head of a chart.
const BASKETBALL: [&str; 4] = ["score-bug", "score-bug-corner", "shot-map", "lower-third"];

const HOCKEY: [&str; 2] = ["hockey-bug", "lower-third-team"];

fn looks() -> [(&'static str, Arc<TemplateSet>); 2] {
    [("", graphics::templates()), ("daylight: ", graphics::daylight())]
}

#[test]
fn text_on_real_jerseys_reads_and_the_teams_are_told_apart_in_the_real_graphics() {
    let mut wrong = Vec::new();
    for (look, templates) in looks() {
        for (graphics, game) in [(&BASKETBALL[..], "mid-game"), (&HOCKEY[..], "power-play")] {
            let mut show = Show::new(templates.clone(), graphics, graphics::snapshot(game));
            for (name, home, away) in REAL {
                wrong.extend(problems(&mut show, &format!("{look}{name}"), home, away, 8));
                if game == "mid-game" {
                    let drawn = show.draw(1);
                    wrong.extend(told_apart(&show, &drawn, name));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

/// The other lower thirds, each alone: they all stand in one place.
const LOWER_THIRDS: [&str; 6] =
    ["lower-third-versus", "lower-third-text", "starting-five", "last-play", "on-fire", "free-throws"];

#[test]
fn text_on_jerseys_reads_in_every_lower_third() {
    // Dark, white, of one colour, light on light, and of middle lightness.
    let pairs = [0, 2, 3, 6, 8, 16, 29].map(|at| REAL[at]);
    let mut wrong = Vec::new();
    for (look, templates) in looks() {
        for graphic in LOWER_THIRDS {
            let mut show = Show::new(templates.clone(), &[graphic], graphics::snapshot("full"));
            for (name, home, away) in pairs {
                show.wear(home, away);
                show.draw(1);
                let drawn = show.draw(SETTLED);
                let name = format!("{look}{graphic}, {name} ({home}, {away})");
                assert!(!drawn.of_teams().is_empty(), "{name}: no text on a plate");
                wrong.extend(drawn.problems(&name, legible::SMALL_TEXT));
            }
        }
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn text_on_500_random_pairs_of_jerseys_reads_and_the_teams_are_told_apart_in_the_real_graphics() {
    // One graphic of each kind of plate: all others use the same ones.
    let mut show = Show::new(graphics::templates(), &["score-bug", "lower-third"], graphics::snapshot("mid-game"));
    // Numbers of a linear congruential generator (Numerical Recipes): the same pairs in every run.
    let mut state: u32 = 20_201_222;
    let mut color = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        format!("#{:06x}", state >> 8)
    };
    let mut wrong = Vec::new();
    for number in 0..500 {
        let (home, away) = (color(), color());
        show.wear(&home, &away);
        // What is on its way is skipped: frames in between are drawn by the test below.
        show.stage.draw(FrameIndex(show.next + 1), FrameRate::FPS_50, CANVAS, &show.game, &mut show.fonts);
        let drawn = show.draw(SETTLED);
        let name = format!("pair {number} ({home}, {away})");
        wrong.extend(drawn.problems(&name, legible::SMALL_TEXT));
        wrong.extend(told_apart(&show, &drawn, &name));
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn text_reads_in_every_frame_of_a_change_of_jerseys() {
    // Through the same grey, from dark to light and back, and to another hue of one lightness.
    let changes = [("#000000", "#ffffff"), ("#ffffff", "#0e2240"), ("#ce1141", "#1d428a"), ("#fdb927", "#552583")];
    let mut wrong = Vec::new();
    let graphics = [
        ("score-bug", "mid-game"),
        ("score-bug-corner", "mid-game"),
        ("hockey-bug", "power-play"),
        ("shot-chart", "mid-game"),
        ("live-court", "tracking"),
        ("rink", "hockey-shots"),
    ];
    for (bug, game) in graphics {
        let mut show = Show::new(graphics::templates(), &[bug], graphics::snapshot(game));
        for (from, to) in changes {
            show.wear(from, to);
            show.draw(1);
            let before = show.draw(SETTLED).of_teams().len();
            show.wear(to, from);
            let mut both = 0;
            for frame in 0..30 {
                let drawn = show.draw(1);
                wrong.extend(drawn.problems(&format!("{bug}, {from} to {to}, frame {frame}"), legible::LARGE_TEXT));
                both += usize::from(drawn.of_teams().len() > before);
            }
            assert!(both > 4, "{bug}, {from} to {to}: old and new are seen beside each other in {both} frames");
            assert_eq!(show.draw(SETTLED).of_teams().len(), before, "{bug}, {from} to {to}: at rest again");
        }
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

const BUGS: [(&str, &str); 3] =
    [("score-bug", "mid-game"), ("score-bug-corner", "mid-game"), ("hockey-bug", "power-play")];

#[test]
fn a_score_reads_in_every_frame_of_the_flash_that_its_change_sets_off() {
    let mut wrong = Vec::new();
    for (look, templates) in looks() {
        for (bug, game) in BUGS {
            let mut show = Show::new(templates.clone(), &[bug], graphics::snapshot(game));
            for (name, home, away) in REAL {
                show.wear(home, away);
                show.draw(1);
                show.draw(SETTLED);
                let [home, away] = [&mut show.game.home.score, &mut show.game.away.score];
                (*home, *away) = (home.map(|score| score + 3), away.map(|score| score + 2));
                let mut lit = 0;
                for frame in 0..6 {
                    let drawn = show.draw(if frame == 0 { 1 } else { 4 });
                    lit += usize::from(drawn.list.items.iter().any(|item| item.node.as_str().contains("score-flash")));
                    let name = format!("{look}{bug}, {name}, frame {frame}");
                    wrong.extend(drawn.problems(&name, legible::SMALL_TEXT));
                }
                assert!(lit > 3, "{bug}: it flashes");
            }
        }
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn clocks_of_a_silent_feed_are_paler_and_still_read() {
    for (look, templates) in looks() {
        for (bug, game) in BUGS {
            let of = |stale: bool| {
                let mut game = graphics::snapshot(game);
                game.clock.stale = stale;
                let mut show = Show::new(templates.clone(), &[bug], game);
                show.draw(1);
                let drawn = show.draw(SETTLED);
                let is_clock = |ink: &Ink| {
                    ["/clock[", "/shot[", "strength-clock", "boxed-clock"].iter().any(|node| ink.node.contains(node))
                };
                let clocks = inks(&drawn.list).into_iter().filter(is_clock);
                clocks.map(|ink| (ink.node.clone(), drawn.measure(&ink).contrast)).collect::<Vec<_>>()
            };
            let (fresh, stale) = (of(false), of(true));
            assert!(fresh.len() >= 2 && fresh.len() == stale.len(), "{look}{bug}: {fresh:?}, {stale:?}");
            for ((clock, before), (_, now)) in fresh.into_iter().zip(stale) {
                assert!(
                    now >= legible::SMALL_TEXT && now < before,
                    "{look}{bug}: {clock} from {before:.2} to {now:.2}"
                );
            }
        }
    }
}
