//! Text of tables in the teams' colours: at rest, while another jersey wipes over them, and on the way to the other team.

use std::collections::BTreeMap;

use sideline::color::legible;
use sideline::command::Command;
use sideline::draw_list::{DrawList, Rect};
use sideline::ids::LayerId;
use sideline::time::FrameIndex;

use super::{Ink, SETTLED, Show, inks, looks, problems};
use crate::graphics;

/// Full frames with plates, cells and slabs in the teams' colours, each with a game that has what it shows: a line score of a
/// game that is over among them.
const TABLES: [(&str, &str); 7] = [
    ("box-score", "mid-game"),
    ("box-score", "power-play"),
    ("comparison", "mid-game"),
    ("leaders", "mid-game"),
    ("line-score", "final-4ot"),
    ("lineups", "timeout"),
    ("possession-types", "timeout"),
];

#[test]
fn text_reads_in_tables_on_dark_white_and_bright_jerseys() {
    let mut wrong = Vec::new();
    for (look, templates) in looks() {
        for (table, game) in TABLES {
            let mut show = Show::new(templates.clone(), &[table], graphics::snapshot(game));
            for (home, away) in [("#000000", "#1d428a"), ("#ffffff", "#0e2240"), ("#fec524", "#ffffff")] {
                // The names and totals of a line score are the fewest.
                wrong.extend(problems(&mut show, &format!("{look}{table}"), home, away, 4));
            }
        }
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn text_reads_while_another_jersey_wipes_over_a_table() {
    let mut wrong = Vec::new();
    let (dark, light) = ("#0e2240", "#ffffff");
    for (table, game) in TABLES {
        let mut show = Show::new(graphics::templates(), &[table], graphics::snapshot(game));
        show.wear(dark, light);
        show.draw(1);
        let before = show.draw(SETTLED).of_teams().len();
        show.wear(light, dark);
        show.draw(1);
        // The wipe takes 20 frames.
        let mut both = 0;
        for frame in (4..24).step_by(4) {
            let drawn = show.draw(4);
            wrong.extend(drawn.problems(&format!("{table}, frame {frame}"), legible::LARGE_TEXT));
            both += usize::from(drawn.of_teams().len() > before);
        }
        assert!(both >= 2, "{table}: old and new are seen beside each other in {both} frames of 5");
        assert_eq!(show.draw(SETTLED).of_teams().len(), before, "{table}: at rest again");
    }
    assert!(wrong.is_empty(), "{} problems\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn a_table_that_goes_on_to_the_other_team_shows_in_every_frame_what_belongs_together() {
    // A graphic, a game whose teams have not as many rows, and how often to continue to the other team.
    for (table, game) in [("lineups", "timeout"), ("possession-types", "timeout"), ("box-score", "power-play")] {
        let mut show = Show::new(graphics::templates(), &[table], graphics::snapshot(game));
        show.draw(1);
        let before = Sheets::of(&show.draw(SETTLED).list);
        show.stage
            .apply(FrameIndex(show.next), &Command::Continue { layer: LayerId(1), to: None, by: None, cut: false })
            .unwrap();
        let frames: Vec<Sheets> = (0..40).map(|_| Sheets::of(&show.draw(1).list)).collect();
        let after = Sheets::of(&show.draw(SETTLED).list);
        let (old, new) = (before.only(), after.only());
        assert_ne!(old.0, new.0, "{table}");
        let mut both = 0;
        let mut panel = before.panel;
        for (frame, sheets) in frames.iter().enumerate() {
            for (key, texts) in &sheets.texts {
                let at_rest = if key == old.0 { old.1 } else { new.1 };
                assert!(key == old.0 || key == new.0, "{table}, frame {frame}: {key}");
                for text in texts {
                    assert!(
                        at_rest.iter().any(|known| known.node == text.node),
                        "{table}, frame {frame}: {}",
                        text.node
                    );
                }
            }
            if let (Some(gone), Some(come)) = (sheets.texts.get(old.0), sheets.texts.get(new.0)) {
                both += 1;
                let left = gone.iter().map(|ink| ink.rect.x).fold(f32::INFINITY, f32::min);
                let right = come.iter().map(|ink| ink.rect.right()).fold(0.0, f32::max);
                assert!(right <= left + 1.0, "{table}, frame {frame}: the new up to {right}, the old from {left}");
            }
            let moved = (sheets.panel.y - panel.y).abs().max((sheets.panel.height - panel.height).abs());
            assert!(moved <= 6.0, "{table}, frame {frame}: from {panel} to {}", sheets.panel);
            panel = sheets.panel;
        }
        assert!(both > 4, "{table}: old and new are seen beside each other in {both} frames");
        assert_eq!(panel, after.panel, "{table}");
    }
}

/// What a table's sheets show: the texts of each by the key of its sheet, and the panel they stand on.
struct Sheets {
    texts: BTreeMap<String, Vec<Ink>>,
    panel: Rect,
}

impl Sheets {
    fn of(list: &DrawList) -> Sheets {
        let mut texts: BTreeMap<String, Vec<Ink>> = BTreeMap::new();
        for ink in inks(list) {
            // Under a sheet, whose key is the team's colour and its page.
            let key = ink.node.split_once("[#").and_then(|(_, rest)| rest.split_once(']'));
            if let Some((key, _)) = key.filter(|(key, _)| key.contains(' ')) {
                texts.entry(key.to_owned()).or_default().push(ink);
            }
        }
        let panel = list.items.iter().find(|item| item.node.as_str().ends_with("/panel.fill"));
        Sheets { texts, panel: panel.and_then(|item| item.op.bounds()).expect("a panel") }
    }

    /// At rest there is one.
    fn only(&self) -> (&String, &Vec<Ink>) {
        assert_eq!(self.texts.len(), 1, "{:?}", self.texts.keys());
        self.texts.iter().next().expect("one sheet")
    }
}
