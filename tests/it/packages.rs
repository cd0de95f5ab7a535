//! What templates of one folder share: a theme, styles, and components with parameters.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use sideline::command::{Command, Fields};
use sideline::draw_list::{DrawList, Op, Paint, Size};
use sideline::game::snapshot::GameSnapshot;
use sideline::ids::LayerId;
use sideline::scene::Stage;
use sideline::template::{Problem, TemplateSet, sample};
use sideline::text::Fonts;
use sideline::time::{FrameIndex, FrameRate};

const PACKAGE: &str = r##"{
  "theme": { "colors": { "plate": "#102030", "text": "#f4f6f8" }, "radius": 8, "gap": 50 },
  "styles": { "value": { "family": "Barlow Condensed", "weight": 800, "size": 40 } },
  "components": {
    "cell": {
      "parameters": { "value": null, "unit": "PTS" },
      "nodes": [
        { "type": "box", "id": "plate", "width": 80, "height": 60, "corners": "{{ theme.radius }}", "fill": "{{ theme.colors.plate }}" },
        { "type": "text", "id": "value", "text": "{{ value }} {{ unit }}", "font": "value", "color": "{{ theme.colors.text }}" },
      ],
    },
    "pair": {
      "parameters": { "team": null },
      "nodes": [
        { "type": "component", "id": "left", "use": "cell", "with": { "value": "{{ team.score }}" } },
        { "type": "component", "id": "right", "use": "cell", "x": "{{ theme.gap }}", "with": { "value": "{{ team.fouls }}", "unit": "F" } },
      ],
    },
  },
}"##;

const TEMPLATE: &str = r#"{
  "nodes": [
    { "type": "repeat", "id": "sides", "over": "{{ [home, away] }}", "as": "side", "key": "{{ side.code }}", "dy": 100,
      "children": [{ "type": "component", "id": "pair", "use": "pair", "with": { "team": "{{ side }}" } }] },
  ],
}"#;

/// Reads a folder of templates with these files.
fn load(files: &[(&str, &str)]) -> Result<TemplateSet, Vec<Problem>> {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let file = folder.path().join(name);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    TemplateSet::load(folder.path())
}

struct Show {
    stage: Stage,
    fonts: Fonts,
    frame: u64,
}

impl Show {
    fn with(set: TemplateSet, template: &str) -> Show {
        let mut stage = Stage::new(Arc::new(set));
        let cue = Command::Cue { layer: LayerId(1), template: template.into(), fields: Fields::new() };
        for command in [cue, Command::Take { layer: LayerId(1), cut: true }] {
            stage.apply(FrameIndex(0), &command).unwrap_or_else(|refused| panic!("{refused}"));
        }
        Show { stage, fonts: Fonts::bundled(), frame: 0 }
    }

    fn draw(&mut self, game: &GameSnapshot) -> DrawList {
        self.frame += 1;
        self.stage.draw(FrameIndex(self.frame), FrameRate::FPS_50, Size::new(1920, 1080), game, &mut self.fonts)
    }
}

fn texts(list: &DrawList) -> Vec<(String, String)> {
    let text = |op: &Op| match op {
        Op::Text(shape) => Some(shape.run.text.clone()),
        _ => None,
    };
    list.items.iter().filter_map(|item| Some((item.node.to_string(), text(&item.op)?))).collect()
}

#[test]
fn a_component_shows_its_arguments_wherever_it_is_used() {
    let set = load(&[("package.json", PACKAGE), ("bug/template.json", TEMPLATE)]).unwrap_or_else(|p| panic!("{p:#?}"));
    let mut show = Show::with(set, "bug");
    let mut game = sample().clone();
    let list = show.draw(&game);
    let (home, away) = (game.home.score.unwrap(), game.away.score.unwrap());
    let (home_fouls, away_fouls) = (game.home.fouls.unwrap(), game.away.fouls.unwrap());
    let (h, a) = (game.home.code.clone().unwrap(), game.away.code.clone().unwrap());
    let expected = [
        (format!("1/bug/pair.left.value[{h}]"), format!("{home} PTS")),
        (format!("1/bug/pair.right.value[{h}]"), format!("{home_fouls} F")),
        (format!("1/bug/pair.left.value[{a}]"), format!("{away} PTS")),
        (format!("1/bug/pair.right.value[{a}]"), format!("{away_fouls} F")),
    ];
    assert_eq!(texts(&list), expected);
    let Op::Box(plate) = &list.items[0].op else { panic!("{list}") };
    assert_eq!((plate.corners, plate.rect.width), ([8.0; 4], 80.0), "the radius is the theme's");
    assert!(matches!(plate.fill, Paint::Solid(color) if color.to_string() == "#102030ff"), "{plate:?}");

    game.home.score = Some(home + 2);
    let before = show.stage.work();
    let changed = texts(&show.draw(&game));
    assert_eq!(changed[0].1, format!("{} PTS", home + 2));
    assert_eq!(changed[1..], texts(&list)[1..]);
    let evaluated = show.stage.work().evaluations - before.evaluations;
    // The list, the key and the argument of the home side, and what reads the team or its score.
    assert!(evaluated <= 7, "{evaluated}");
}

#[test]
fn a_template_overrides_what_its_package_says() {
    let text = r##"{ "theme": { "colors": { "plate": "#ffffff" } },
      "nodes": [{ "type": "component", "use": "cell", "with": { "value": 1 } }] }"##;
    let set = load(&[("package.json", PACKAGE), ("bug/template.json", text)]).unwrap_or_else(|p| panic!("{p:#?}"));
    let list = Show::with(set, "bug").draw(sample());
    let Op::Box(plate) = &list.items[0].op else { panic!("{list}") };
    assert!(matches!(plate.fill, Paint::Solid(color) if color.to_string() == "#ffffffff"), "{plate:?}");
    assert_eq!(texts(&list)[0].1, "1 PTS", "the text's colour is still the package's");
}

#[test]
fn what_is_wrong_in_a_package_is_said_once_and_in_its_file() {
    let wrong =
        PACKAGE.replace("{{ value }} {{ unit }}", "{{ value }} {{ uint }}").replace("\"size\": 40", "\"size\": 0");
    let files = [("package.json", wrong.as_str()), ("a/template.json", TEMPLATE), ("b/template.json", TEMPLATE)];
    let problems = load(&files).expect_err("two mistakes");
    let said: Vec<_> = problems
        .iter()
        .map(|problem| (problem.file.file_name().unwrap().to_str().unwrap(), problem.line, problem.message.as_str()))
        .collect();
    let expected =
        [("package.json", 3, "`size` is 0, but must be 1 to 1000"), ("package.json", 9, "there is no `uint`")];
    assert_eq!(&said[..2], expected, "{problems:#?}");
    assert_eq!(problems.iter().filter(|p| p.message == "there is no `uint`").count(), 1);
}

#[test]
fn a_package_that_is_no_json_is_refused_by_itself() {
    let problems = load(&[("package.json", "{ \"theme\": }"), ("a/template.json", TEMPLATE)]).expect_err("a mistake");
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].file.ends_with(Path::new("package.json")) && problems[0].column == 12, "{}", problems[0]);
}

#[test]
fn checking_one_template_reads_its_package() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("bug")).unwrap();
    fs::write(folder.path().join("package.json"), PACKAGE).unwrap();
    fs::write(folder.path().join("bug/template.json"), TEMPLATE).unwrap();
    let checked = sideline::app::check(&[folder.path().join("bug")]).unwrap();
    assert!(checked.problems.is_empty(), "{:#?}", checked.problems);
}

#[test]
fn a_theme_file_gives_the_same_templates_another_look() {
    let theme = r##"{ "colors": { "plate": "#e6e9ee" }, "radius": 0 }"##;
    let files = [("package.json", PACKAGE), ("theme.json", theme), ("bug/template.json", TEMPLATE)];
    let list = Show::with(load(&files).unwrap_or_else(|p| panic!("{p:#?}")), "bug").draw(sample());
    let Op::Box(plate) = &list.items[0].op else { panic!("{list}") };
    assert_eq!((plate.corners, plate.rect.width), ([0.0; 4], 80.0));
    assert!(matches!(plate.fill, Paint::Solid(color) if color.to_string() == "#e6e9eeff"), "{plate:?}");
    let Some(Op::Text(text)) = list.items.iter().map(|item| &item.op).find(|op| matches!(op, Op::Text(_))) else {
        panic!("{list}")
    };
    assert_eq!(text.color.to_string(), "#f4f6f8ff", "what the file does not say stays the package's");
}

#[test]
fn a_theme_file_that_misspells_or_mistakes_a_value_is_told_once_and_in_its_file() {
    let theme = "{\n  \"colors\": { \"plaet\": \"#fff\" },\n  \"radius\": \"8\"\n}";
    let files = [("package.json", PACKAGE), ("theme.json", theme), ("bug/template.json", TEMPLATE)];
    let problems = load(&files).expect_err("two mistakes");
    let said: Vec<_> = problems.iter().map(|problem| (problem.line, problem.message.as_str())).collect();
    assert_eq!(
        said,
        [(2, "`theme.colors` has no `plaet`"), (3, "`theme.radius` is a text, but must be a number")],
        "{problems:#?}"
    );
    assert!(problems.iter().all(|problem| problem.file.ends_with("theme.json")), "{problems:#?}");
    assert!(problems[0].to_string().contains("did you mean `plate`?"), "{}", problems[0]);
}
