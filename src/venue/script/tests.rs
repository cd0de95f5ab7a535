use super::*;

const HEADER: &str = "\
game id=1 league=NBA season=REG scheduled=2020-12-23T00:00:00Z tipoff=2020-12-23T00:06:19Z arena=A city=B shottracker=s sportradar=r
team home code=BKN market=Brooklyn name=Nets color=#000000 basket=right shottracker=1 sportradar=h
team away code=GSW market=Golden_State name=Warriors color=#1D428A basket=left shottracker=2 sportradar=a
player home:7 id=10 first=Kevin last=Durant position=PF starter=yes
player home:0 id=11 first=Zero last=One
player away:00 id=20 first=Zero last=Two starter=yes
";

fn parse(facts: &str) -> Result<Script, ScriptError> {
    Script::parse(&format!("{HEADER}{facts}"))
}

#[track_caller]
fn refused(facts: &str, expected: &str) {
    let message = parse(facts).unwrap_err().to_string();
    assert!(message.contains(expected), "{message}");
}

#[test]
fn underscores_are_spaces_and_colours_are_lower_case() {
    let script = parse("0.0 Q1 12:00.0 start").unwrap();
    assert_eq!(script.team(Side::Away).market, "Golden State");
    assert_eq!(script.team(Side::Away).color, "#1d428a");
}

#[test]
fn jersey_0_and_00_are_different_players() {
    refused("0.0 Q1 12:00.0 ft away:0 made=no try=1/2", "line 7: away has no number 0");
}

#[test]
fn a_clock_that_outruns_time_is_refused() {
    refused("0.0 Q1 12:00.0 start\n3.0 Q1 11:56.0 timeout home", "line 8: the clock loses 4000 ms in 3000 ms");
}

#[test]
fn a_clock_that_counts_up_is_refused() {
    refused("0.0 Q1 12:00.0 start\n30.0 Q1 11:50.0 timeout home\n40.0 Q1 11:51.0 timeout home", "runs backwards");
}

#[test]
fn a_score_that_is_not_the_sum_is_refused() {
    refused("9.0 Q1 11:59.0 2pt home:7 made=yes at=0,9 style=dunk score=3-0", "make 2-0, the line says 3-0");
}

#[test]
fn a_player_cannot_leave_the_bench() {
    refused("9.0 Q1 12:00.0 sub home out=0 in=7", "home number 0 is not on the court");
}

#[test]
fn a_word_that_nothing_reads_is_refused() {
    refused("9.0 Q1 12:00.0 timeout home lenght=60", "nothing reads `lenght`");
    refused("9.0 Q1 12:00.0 danceoff home", "`danceoff` is not a kind");
    refused("9.0 Q1 12:00.0 stoppage reason=blood reason=sweat", "nothing reads `reason=sweat`");
}

#[test]
fn the_built_in_game_has_four_periods_and_five_starters_a_side() {
    let script = Script::builtin();
    assert_eq!(script.facts.last().map(|fact| fact.period), Some(4));
    for team in &script.teams {
        assert_eq!(team.players.iter().filter(|player| player.starter).count(), 5, "{}", team.code);
    }
}

#[test]
fn a_position_reads_as_it_is_shown() {
    for text in ["Q2 0:53", "OT 5:00", "OT2 0:01"] {
        assert_eq!(text.parse::<Position>().unwrap().to_string(), text);
    }
    assert!("Q5 1:00".parse::<Position>().is_err());
    assert!("Q2".parse::<Position>().is_err());
}
