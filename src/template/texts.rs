//! Reads texts: fonts, styles, fitting, and how a new wording comes.

use std::sync::Arc;

use super::expr;
use super::fonts::read_features;
use super::json::{Json, Spanned};
use super::model::{
    Align, Bound, Case, Change, Fill, Fit, FitRule, Font, Kind, Outline, Prop, TextNode, VerticalAlign,
};
use super::motion::{Easing, Length};
use super::nodes::{Names, STAND_IN, read_fill, read_shadow};
use super::package::entry;
use super::problem::{Place, suggestion};
use super::reader::{Object, Reader};
use crate::draw_list::{FontFamily, Join};
use crate::text;

/// Parts of the size from baseline to baseline where a text does not say: as much as both bundled families ask for.
const LINE_HEIGHT: f32 = 1.2;

/// Characters that one text shows: more than fit on any canvas. What is written out is no longer, and of what a feed says
/// the rest is left out, because setting it would hold up a frame.
pub(crate) const MAX_CHARS: usize = 2000;

/// Wider than this an outline is a blot.
const MAX_OUTLINE: f32 = 100.0;

/// Lines that a text can be wrapped to.
const MAX_LINES: f32 = 50.0;

/// `styles`: fonts by name; later ones may build on earlier ones.
pub(crate) fn read_styles(reader: &mut Reader, value: &Spanned, names: &mut Names) {
    let Some(object) = reader.object(value, "styles") else { return };
    for (key, style) in object.entries() {
        if let Some(font) = read_font(reader, style, names) {
            names.styles.insert(key.name.clone(), font);
        }
    }
}

pub(super) fn read_text(reader: &mut Reader, object: &Object<'_>, names: &Names) -> Option<Kind> {
    let text = match object.get("text") {
        Some(value) => reader.text_prop(value, "text"),
        None => {
            reader.missing(object, "text");
            None
        }
    };
    let font = match object.get("font") {
        Some(value) => read_font(reader, value, names),
        None => {
            reader.missing(object, "font");
            None
        }
    };
    let fill = match object.get("color") {
        Some(value) => read_fill(reader, value, "color"),
        None => {
            reader.missing(object, "color");
            None
        }
    };
    let outline = object.get("outline").and_then(|value| read_outline(reader, value));
    let shadow = read_shadow(reader, object, "shadow");
    let aligns = [
        ("left", Align::Left),
        ("center", Align::Center),
        ("right", Align::Right),
        ("start", Align::Start),
        ("end", Align::End),
    ];
    let valigns = [
        ("cap", VerticalAlign::Cap),
        ("baseline", VerticalAlign::Baseline),
        ("top", VerticalAlign::Top),
        ("bottom", VerticalAlign::Bottom),
    ];
    let align = reader.one_of(object, "align", &aligns).unwrap_or(Align::Left);
    let valign = reader.one_of(object, "valign", &valigns).unwrap_or(VerticalAlign::Cap);
    let case = read_case(reader, object);
    let line_height = reader.number(object, "line_height", (0.5, 4.0)).unwrap_or(LINE_HEIGHT);
    let fit = object.get("fit").and_then(|value| read_fit(reader, value, object.has("width") || names.is_item));
    let on_change = object.get("on_change").and_then(|value| read_change(reader, value)).unwrap_or(Change::Cut);
    let unknown = match &text {
        Some(Prop::Bound(Bound { unknown: Some(unknown), .. })) => Some(&**unknown),
        _ => None,
    };
    let default = match (object.get("default").map(|value| &value.json), unknown) {
        (Some(Json::String(text)), _) | (_, Some(Prop::Fixed(text))) => Some(text.clone()),
        _ => None,
    };
    for value in wordings(object) {
        let Json::String(text) = &value.json else { continue };
        let count = text.chars().count();
        if count > MAX_CHARS && !expr::is_bound(text) {
            let message = format!("a text of {count} characters, and a text shows {MAX_CHARS}");
            reader.problem(value.at, message, "divide it among several nodes".to_owned());
        }
        if let Some(at) = text.find("{%").or_else(|| text.find("{#")) {
            let offset = text[..at].chars().count() as u32;
            let help = "write \"{{ 'BONUS' if home.bonus else '' }}\", or give the node a `when`".to_owned();
            reader.problem(value.at.right(1 + offset), "a text has expressions, and no statements or comments", help);
        }
    }
    if let Some(font) = &font {
        wordings(object).into_iter().for_each(|value| need_glyphs(reader, value, font));
    }
    Some(Kind::Text(Box::new(TextNode {
        text: text?,
        default,
        // As for a box: the template is refused already, and the text is still checked.
        font: font.unwrap_or_else(|| plain_font(text::families()[0].clone(), None, 1.0)),
        fill: fill.unwrap_or(Fill::Solid(STAND_IN)),
        outline,
        shadow,
        align,
        valign,
        case,
        line_height,
        fit,
        on_change,
    })))
}

fn read_case(reader: &mut Reader, object: &Object<'_>) -> Case {
    let is_upper = reader.bool(object, "upper");
    let cases =
        [("none", Case::AsWritten), ("upper", Case::Upper), ("lower", Case::Lower), ("small-caps", Case::SmallCaps)];
    let case = reader.one_of(object, "transform", &cases);
    if let (true, Some(value)) = (is_upper, object.get("transform")) {
        reader.problem(value.at, "a text has `upper` or a `transform`, not both", None);
    }
    case.unwrap_or(if is_upper { Case::Upper } else { Case::AsWritten })
}

fn read_outline(reader: &mut Reader, value: &Spanned) -> Option<Outline> {
    let object = reader.object(value, "outline")?;
    for key in ["width", "color"] {
        if !object.has(key) {
            reader.missing(&object, key);
        }
    }
    let width = reader.number(&object, "width", (0.1, MAX_OUTLINE));
    let color =
        object.get("color").and_then(|value| reader.part("outline", |reader| reader.color_prop(value, "color")));
    let joins = [("miter", Join::Miter), ("round", Join::Round), ("bevel", Join::Bevel)];
    let join = reader.one_of(&object, "join", &joins).unwrap_or_default();
    reader.finish(&object, "an outline");
    Some(Outline { width: width?, join, color: color? })
}

/// Everything that a text may say.
fn wordings<'a>(object: &Object<'a>) -> Vec<&'a Spanned> {
    let rules = object.get("fit").and_then(|fit| entry(fit, "rules")).map(|rules| &rules.json);
    let rules = if let Some(Json::Array(rules)) = rules { rules.as_slice() } else { &[] };
    let default = object.get("default").map(|default| entry(default, "text").unwrap_or(default));
    let own = [object.get("text"), default].into_iter().flatten();
    own.chain(rules.iter().filter_map(|rule| entry(rule, "replace"))).collect()
}

/// What is written out in a text must be there to be drawn. Beyond ASCII an expression has nothing but such text.
fn need_glyphs(reader: &mut Reader, value: &Spanned, font: &Font) {
    let Json::String(text) = &value.json else { return };
    let missing = text::missing(text, &font.family, font.own.as_ref(), font.weight);
    let Some(first) = missing.first() else { return };
    let told: Vec<String> = missing.iter().take(5).map(|c| format!("`{c}` (U+{:04X})", u32::from(*c))).collect();
    // Where it stands, as far as no escape moved it.
    let offset = text.chars().position(|c| c == *first).unwrap_or_default();
    let help = "spell it another way, or bring a font along that has it: \"fonts\": { \"…\": \"fonts/….ttf\" }";
    reader.problem(value.at.right(1 + offset as u32), format!("no font has {}", told.join(", ")), help.to_owned());
}

fn plain_font(family: String, own: Option<Arc<FontFamily>>, size: f32) -> Font {
    Font { family, own, weight: 500, size, tracking: 0.0, is_tabular: false, features: Vec::new() }
}

/// A style's name, or an object: a style's fields changed, or all of a font's fields.
pub(crate) fn read_font(reader: &mut Reader, value: &Spanned, names: &Names) -> Option<Font> {
    let style = |reader: &mut Reader, name: &str, at: Place| {
        let found = names.styles.get(name).cloned();
        if found.is_none() {
            let help = suggestion(name, names.styles.keys().map(String::as_str));
            reader.problem(at, format!("there is no style `{name}`"), help);
        }
        found
    };
    if let Json::String(name) = &value.json {
        return style(reader, name, value.at);
    }
    let object = reader.object(value, "font")?;
    let base = match reader.string(&object, "style") {
        Some((name, at)) => Some(style(reader, name, at)?),
        None => None,
    };
    let family = reader.string(&object, "family").map(|(family, at)| {
        let own = names.fonts.get(family).cloned();
        if own.is_none() && !text::families().iter().any(|known| known == family) {
            let known = names.fonts.keys().chain(text::families()).map(String::as_str);
            reader.problem(at, format!("there is no font family `{family}`"), suggestion(family, known));
        }
        (family.to_owned(), own.flatten())
    });
    let weight = reader.number(&object, "weight", (100.0, 900.0)).map(|weight| weight as u16);
    let size = reader.number(&object, "size", (1.0, 1000.0));
    let tracking = reader.number(&object, "tracking", (-500.0, 2000.0));
    let is_tabular = reader.bool(&object, "tabular");
    let features = object.get("features");
    reader.finish(&object, "a font");
    let font = base.or_else(|| match (&family, size) {
        (Some((family, own)), Some(size)) => Some(plain_font(family.clone(), own.clone(), size)),
        // A family or size that is there but wrong has been reported by itself.
        _ if object.has("family") && object.has("size") => None,
        _ => {
            reader.problem(value.at, "a font needs `family` and `size`, or a `style`", None);
            None
        }
    })?;
    let (family, own) = family.unwrap_or((font.family, font.own));
    let features = features.map(|value| read_features(reader, value, (&family, own.as_ref())));
    Some(Font {
        family,
        own,
        weight: weight.unwrap_or(font.weight),
        size: size.unwrap_or(font.size),
        tracking: tracking.unwrap_or(font.tracking),
        is_tabular: is_tabular || font.is_tabular,
        features: features.unwrap_or(font.features),
    })
}

/// `has_width` says that the node has a width by itself, which is the usual one.
fn read_fit(reader: &mut Reader, value: &Spanned, has_width: bool) -> Option<Fit> {
    let object = reader.object(value, "fit")?;
    let (width, rules) = reader.part("fit", |reader| {
        let width = reader.size_prop(&object, "width");
        let rules = object.get("rules").map(|list| reader.list(list, "rules")).unwrap_or_default();
        (width, rules.iter().filter_map(|item| read_fit_rule(reader, item)).collect::<Vec<_>>())
    });
    reader.finish(&object, "a fit");
    let has_rules = matches!(object.get("rules"), Some(Spanned { json: Json::Array(items), .. }) if !items.is_empty());
    if !(object.has("width") || has_width) || !has_rules {
        reader.problem(object.at, "a fit needs a `width` and at least one of `rules`", None);
    }
    Some(Fit { width, rules })
}

fn read_fit_rule(reader: &mut Reader, value: &Spanned) -> Option<FitRule> {
    if let Json::String(word) = &value.json {
        return match word.as_str() {
            "ellipsis" => Some(FitRule::Ellipsis),
            "squeeze" | "shrink" | "wrap" | "replace" => {
                let example = match word.as_str() {
                    "replace" => "\"…\"",
                    "wrap" => "2",
                    _ => "80",
                };
                let help = format!("write {{ \"{word}\": {example} }}");
                reader.problem(value.at, format!("the rule `{word}` says how far"), help);
                None
            }
            _ => {
                let rules = ["ellipsis", "squeeze", "shrink", "wrap", "replace"];
                reader.problem(value.at, format!("there is no rule `{word}`"), suggestion(word, rules));
                None
            }
        };
    }
    let object = reader.object(value, "rule")?;
    let kinds = ["squeeze", "shrink", "wrap", "replace"];
    let given: Vec<&str> = kinds.into_iter().filter(|kind| object.get(kind).is_some()).collect();
    if let [first, second, ..] = given[..] {
        let help = format!("{{ \"{first}\": … }}, {{ \"{second}\": … }}: they apply one after the other");
        reader.problem(object.at, format!("a rule does one thing, and this one has `{first}` and `{second}`"), help);
        return None;
    }
    let percent = (10.0, 100.0);
    let is_balanced = reader.bool(&object, "balance");
    if let (Some(value), false) = (object.get("balance"), object.has("wrap")) {
        reader.problem(value.at, "`balance` evens the lines of a `wrap`, and this rule has none", None);
    }
    let rule = if let Some(to) = reader.number(&object, "squeeze", percent) {
        Some(FitRule::Squeeze(to / 100.0))
    } else if let Some(to) = reader.number(&object, "shrink", percent) {
        Some(FitRule::Shrink(to / 100.0))
    } else if let Some(lines) = reader.number(&object, "wrap", (1.0, MAX_LINES)) {
        Some(FitRule::Wrap { lines: lines as usize, is_balanced })
    } else {
        object.get("replace").and_then(|value| reader.text_prop(value, "replace")).map(FitRule::Replace)
    };
    reader.finish(&object, "a rule");
    if rule.is_none() && object.entries().is_empty() {
        let help =
            "{\"squeeze\": 88}, {\"shrink\": 80}, {\"wrap\": 2}, {\"replace\": \"…\"} or \"ellipsis\"".to_owned();
        reader.problem(object.at, "an empty rule", help);
    }
    rule
}

fn read_change(reader: &mut Reader, value: &Spanned) -> Option<Change> {
    #[derive(Clone, Copy)]
    enum Name {
        Cut,
        Roll,
        Crossfade,
        Flip,
        Count,
    }
    let object = reader.object(value, "on_change")?;
    let names = [
        ("cut", Name::Cut),
        ("roll", Name::Roll),
        ("crossfade", Name::Crossfade),
        ("flip", Name::Flip),
        ("count", Name::Count),
    ];
    if !object.has("kind") {
        reader.missing(&object, "kind");
    }
    let kind = reader.one_of(&object, "kind", &names);
    let length = reader.length(&object, "length").unwrap_or(Length::Millis(350));
    let ease = reader.easing(&object, "ease").unwrap_or(Easing::OUT_EXPO);
    if let (Some(Name::Cut), Some((key, value))) =
        (kind, ["length", "ease"].iter().find_map(|key| Some((key, object.get(key)?))))
    {
        reader.problem(value.at, format!("a `cut` takes no time, and has no `{key}`"), None);
    }
    reader.finish(&object, "an on_change");
    Some(match kind? {
        Name::Cut => Change::Cut,
        Name::Roll => Change::Roll { length, ease },
        Name::Crossfade => Change::Crossfade { length, ease },
        Name::Flip => Change::Flip { length, ease },
        Name::Count => Change::Count { length, ease },
    })
}
