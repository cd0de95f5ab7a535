//! What a frame costs before it is drawn: expressions, layout, draw list.
//!
//! `cargo bench --bench scene`. The first two lines of each bug are limits that CI may hold: 5 µs and 100 µs.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use sideline::command::{Command, Fields};
use sideline::draw_list::Size;
use sideline::game::snapshot::{GameSnapshot, Play, Player, Team};
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::{Template, TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

const LAYER: LayerId = LayerId(1);

struct Show {
    stage: Stage,
    fonts: Fonts,
    frame: u64,
}

impl Show {
    /// A graphic, fully in.
    fn with(template: &str, game: &GameSnapshot) -> Show {
        let mut set = TemplateSet::builtin().unwrap_or_else(|problems| panic!("{problems:?}"));
        set.insert(flex_bug());
        let mut show = Show { stage: Stage::new(Arc::new(set)), fonts: Fonts::bundled(), frame: 0 };
        show.take(template);
        show.frame = 600;
        // Once to lay everything out, once to find that nothing is on its way.
        show.draw(game);
        show.draw(game);
        show
    }

    fn take(&mut self, template: &str) {
        let cue = Command::Cue { layer: LAYER, template: template.into(), fields: Fields::new() };
        let take = Command::Take { layer: LAYER, cut: false };
        for command in [cue, take] {
            if let Err(refused) = self.stage.apply(FrameIndex(self.frame), &command) {
                panic!("{refused}");
            }
        }
    }

    fn draw(&mut self, game: &GameSnapshot) {
        self.frame += 1;
        let (rate, canvas) = (FrameRate::FPS_59_94, Size::new(1920, 1080));
        black_box(self.stage.draw(FrameIndex(self.frame), rate, canvas, game, &mut self.fonts));
    }
}

/// A game as a summary late in it tells it: two rosters of 15 with zones, 400 plays. Two variants share nothing and
/// differ in every zone.
fn summary(variant: u32) -> GameSnapshot {
    let mut game = sample().clone();
    let grow = |team: &mut Team| {
        let players = &team.players;
        let player = |i: usize| Player { number: Some(i.to_string()), ..players[i % players.len()].clone() };
        team.players = Arc::new((0..15).map(player).collect());
        team.stats = Arc::new((*team.stats).clone());
        let mut zones = (*team.zones).clone();
        for zone in &mut zones.all {
            zone.attempted = Some(10 + variant);
            zone.made = Some(4);
            zone.pct = Some(400.0 / f64::from(10 + variant));
        }
        team.zones = Arc::new(zones);
        team.shots = Arc::new(team.shots.iter().cycle().take(90).cloned().collect());
    };
    grow(&mut game.home);
    grow(&mut game.away);
    let play: Vec<Arc<Play>> = game.plays.to_vec();
    game.plays = Arc::new(play.into_iter().cycle().take(400).collect());
    game
}

fn score_bug(c: &mut Criterion) {
    let mut game = sample().clone();
    let mut show = Show::with("score-bug", &game);
    c.bench_function("score bug, nothing changed", |b| b.iter(|| show.draw(black_box(&game))));
    let mut millis = 0u32;
    c.bench_function("score bug, only the clock changed", |b| {
        b.iter(|| {
            millis = (millis + 1000) % 600_000;
            if let Some(clock) = &mut game.clock.game {
                clock.millis = millis;
                clock.display = format!("{}:{:02}", millis / 60_000, millis / 1000 % 60);
            }
            show.draw(&game);
        });
    });
    let mut score = 0;
    c.bench_function("score bug, a score rolls", |b| {
        b.iter(|| {
            score = (score + 1) % 130;
            game.home.score = Some(score);
            show.draw(&game);
        });
    });
}

/// A bug with as much in it as the built-in one, laid out in rows and columns: two teams with score, fouls, timeouts and
/// a bonus pill, the clock, the period.
fn flex_bug() -> Template {
    let team = |side: &str| {
        format!(
            r##"{{ "type": "box", "id": "{side}", "fill": "{{{{ {side}.color.primary | plate }}}}", "transition": {{ "fill": "300ms" }},
              "layout": {{ "type": "row", "gap": 12, "padding": [10, 16], "align": "center" }}, "children": [
                {{ "type": "group", "layout": {{ "type": "column", "gap": 6, "justify": "center" }}, "children": [
                  {{ "type": "text", "text": "{{{{ {side}.code }}}}", "color": "#fff", "font": "big" }},
                  {{ "type": "repeat", "over": "{{{{ range(5) }}}}", "as": "n", "layout": {{ "type": "row", "gap": 4 }}, "children": [
                    {{ "type": "box", "width": 14, "height": 4, "fill": "{{{{ '#ffffff' if n < {side}.timeouts else '#ffffff40' }}}}" }} ] }},
                  {{ "type": "text", "text": "FOULS {{{{ {side}.fouls }}}}", "color": "#fff", "font": "small" }} ] }},
                {{ "type": "box", "id": "{side}-bonus", "when": "{{{{ {side}.bonus }}}}", "fill": "#f2b632", "layout": {{ "type": "row", "padding": [6, 10] }},
                  "appear": {{ "from": {{ "opacity": 0 }}, "length": "200ms" }}, "children": [
                  {{ "type": "text", "text": "BONUS", "color": "#000", "font": "small" }} ] }},
                {{ "type": "text", "text": "{{{{ {side}.score }}}}", "color": "#fff", "font": "big", "on_change": {{ "kind": "roll" }} }} ] }}"##
        )
    };
    let text = format!(
        r##"{{ "styles": {{ "big": {{ "family": "Barlow Condensed", "weight": 800, "size": 48, "tabular": true }}, "small": {{ "family": "Barlow Condensed", "size": 22, "tabular": true }} }},
          "nodes": [ {{ "type": "group", "x": "50%", "y": 1010, "anchor": "bottom", "layout": {{ "type": "row", "gap": 2 }}, "children": [
            {away}, {home},
            {{ "type": "box", "fill": "#0e1116", "layout": {{ "type": "column", "gap": 8, "padding": [10, 20], "align": "center", "justify": "center" }}, "children": [
              {{ "type": "text", "text": "{{{{ clock.game.display }}}}", "color": "#fff", "font": "big" }},
              {{ "type": "text", "text": "{{{{ clock.period.number | ordinal }}}}", "color": "#fff", "font": "small" }} ] }} ] }} ] }}"##,
        away = team("away"),
        home = team("home"),
    );
    Template::parse("flex-bug".into(), Path::new("flex-bug"), &text).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn flex_score_bug(c: &mut Criterion) {
    let mut game = sample().clone();
    let mut show = Show::with("flex-bug", &game);
    c.bench_function("flex bug, nothing changed", |b| b.iter(|| show.draw(black_box(&game))));
    let mut millis = 0u32;
    c.bench_function("flex bug, only the clock changed", |b| {
        b.iter(|| {
            millis = (millis + 1000) % 600_000;
            if let Some(clock) = &mut game.clock.game {
                clock.millis = millis;
                clock.display = format!("{:02}:{:02}", millis / 60_000, millis / 1000 % 60);
            }
            show.draw(&game);
        });
    });
    let mut turn = 0;
    c.bench_function("flex bug, everything is laid out again", |b| {
        b.iter(|| {
            turn += 1;
            game.home.code = Some(if turn % 2 == 0 { "GSW" } else { "NY" }.to_owned());
            show.draw(&game);
        });
    });
}

fn shot_map(c: &mut Criterion) {
    let games = [summary(0), summary(7)];
    let mut show = Show::with("shot-map", &games[0]);
    c.bench_function("shot map, nothing changed", |b| b.iter(|| show.draw(black_box(&games[0]))));
    let mut turn = 0;
    c.bench_function("shot map, a summary arrives", |b| {
        b.iter(|| {
            turn = 1 - turn;
            show.draw(&games[turn]);
        });
    });
    c.bench_function("shot map, it comes in", |b| {
        b.iter(|| {
            if show.frame.is_multiple_of(60) {
                show.take("shot-map");
            }
            show.draw(&games[0]);
        });
    });
}

fn live_court(c: &mut Criterion) {
    let game: GameSnapshot = match serde_json::from_str(include_str!("../fixtures/snapshots/tracking.json")) {
        Ok(game) => game,
        Err(error) => panic!("{error}"),
    };
    let moved = |by: i32| {
        let mut game = game.clone();
        let tracking = Arc::make_mut(&mut game.tracking);
        tracking.players.iter_mut().chain(&mut tracking.balls).for_each(|one| one.x_mm += by);
        game
    };
    let games = [moved(0), moved(40)];
    let mut show = Show::with("live-court", &games[0]);
    let mut turn = 0;
    c.bench_function("live court, everybody moves", |b| {
        b.iter(|| {
            turn = 1 - turn;
            show.draw(&games[turn]);
        });
    });
}

criterion_group!(benches, score_bug, flex_score_bug, shot_map, live_court);
criterion_main!(benches);
