//! Makes a game script, or the expected totals of its end, from the league's play-by-play and box score.
//!
//!     cargo run --example convert_nba PLAYBYPLAY BOXSCORE > game.game
//!     cargo run --example convert_nba --expected BOXSCORE > game.expected.json
//!
//! The totals come from the box score alone, so that a test that plays the script and compares is a comparison of two
//! accounts of the game.

mod convert;

use std::io::Write;

use anyhow::{Context, bail};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let text = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["--expected", boxscore] => convert::expected(&read(boxscore)?)?,
        [plays, boxscore] => convert::script(&read(plays)?, &read(boxscore)?)?,
        _ => bail!("give PLAYBYPLAY and BOXSCORE, or --expected and BOXSCORE (paths of the league's JSON files)"),
    };
    std::io::stdout().write_all(text.as_bytes())?;
    Ok(())
}

fn read(path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {path}"))
}
