//! The samples of games that previews and contact sheets show: each is a moment that could have been, whose figures agree.

use std::path::Path;

use sideline::game::snapshot::{GameSnapshot, Shooting, Team};

/// All but `full.json`, which has something of everything and is no moment of a game.
fn samples() -> Vec<(String, GameSnapshot)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/snapshots");
    let mut samples = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name != "full" {
            samples.push((name, serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap()));
        }
    }
    samples
}

fn made(shooting: &Option<Shooting>) -> [u32; 2] {
    shooting.as_ref().map_or([0, 0], |shooting| [shooting.made, shooting.attempted])
}

fn sum(parts: impl IntoIterator<Item = [u32; 2]>) -> [u32; 2] {
    parts.into_iter().fold([0, 0], |[made, tried], part| [made + part[0], tried + part[1]])
}

/// Whether the team had figures that could be compared.
fn check(team: &Team, what: &str) -> bool {
    let (stats, Some(points)) = (&team.stats, team.stats.points) else { return false };
    assert_eq!(team.score, Some(points), "{what}: the box score has other points than the score");
    let [two, three, throws] = [&stats.fg2, &stats.fg3, &stats.ft].map(made);
    assert_eq!(made(&stats.fg), sum([two, three]), "{what}: field goals");
    assert_eq!(points, 2 * two[0] + 3 * three[0] + throws[0], "{what}: points");
    let periods: u32 = team.by_period.iter().filter_map(|period| period.points).sum();
    assert_eq!(periods, points, "{what}: points by period");
    let players = || team.players.iter().map(|player| &player.stats);
    assert_eq!(players().filter_map(|stats| stats.points).sum::<u32>(), points, "{what}: players' points");
    assert_eq!(sum(players().map(|stats| made(&stats.fg))), made(&stats.fg), "{what}: players' field goals");
    assert_eq!(sum(players().map(|stats| made(&stats.ft))), throws, "{what}: players' free throws");
    if !team.shots.is_empty() {
        let shots = sum(team.shots.iter().map(|shot| [u32::from(shot.made), 1]));
        assert_eq!(shots, made(&stats.fg), "{what}: shots");
        let zones = team.zones.all.iter().map(|zone| [zone.made.unwrap_or(0), zone.attempted.unwrap_or(0)]);
        assert_eq!(sum(zones), shots, "{what}: shots by zone");
    }
    let leader = team.leaders.points.first().map(|leader| leader.value);
    assert!(
        leader.is_none() || leader == players().filter_map(|stats| stats.points).max(),
        "{what}: the leading scorer"
    );
    true
}

#[test]
fn each_sample_agrees_with_itself() {
    let mut compared = 0;
    for (name, game) in samples() {
        for (team, side) in [(&game.home, "home"), (&game.away, "away")] {
            compared += u32::from(check(team, &format!("{name}, {side}")));
        }
    }
    assert!(compared >= 20, "{compared} teams were compared");
}
