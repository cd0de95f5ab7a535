//! Reads texts: fonts, styles, fitting, and how a new wording comes.

use std::collections::BTreeMap;

use super::json::{Json, Spanned};
use super::model::{Align, Change, Fit, FitRule, Font, Kind, TextNode, VerticalAlign};
use super::motion::{Easing, Length};
use super::nodes::{Names, STAND_IN};
use super::problem::{Place, suggestion};
use super::reader::{Object, Reader};

/// The families that ship with the program; a test of `scene` compares them with what `text` has.
pub(crate) const FAMILIES: [&str; 2] = ["Barlow Condensed", "Roboto Condensed"];

/// `styles`: fonts by name; later ones may build on earlier ones.
pub(crate) fn read_styles(reader: &mut Reader, value: &Spanned, names: &mut Names) {
    let Some(object) = reader.object(value, "styles") else { return };
    for (key, style) in object.entries() {
        if let Some(font) = read_font(reader, style, &names.styles) {
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
        Some(value) => read_font(reader, value, &names.styles),
        None => {
            reader.missing(object, "font");
            None
        }
    };
    let color = match object.get("color") {
        Some(value) => reader.color_prop(value, "color"),
        None => {
            reader.missing(object, "color");
            None
        }
    };
    let aligns = [("left", Align::Left), ("center", Align::Center), ("right", Align::Right)];
    let valigns = [("cap", VerticalAlign::Cap), ("baseline", VerticalAlign::Baseline)];
    let align = reader.one_of(object, "align", &aligns).unwrap_or(Align::Left);
    let valign = reader.one_of(object, "valign", &valigns).unwrap_or(VerticalAlign::Cap);
    let is_upper = reader.bool(object, "upper");
    let fit = object.get("fit").and_then(|value| read_fit(reader, value));
    let on_change = object.get("on_change").and_then(|value| read_change(reader, value)).unwrap_or(Change::Cut);
    let default = reader.string(object, "default").map(|(text, _)| text.to_owned());
    Some(Kind::Text(Box::new(TextNode {
        text: text?,
        default,
        // As for a box: the template is refused already, and the text is still checked.
        font: font.unwrap_or_else(|| Font {
            family: FAMILIES[0].to_owned(),
            weight: 500,
            size: 1.0,
            tracking: 0.0,
            is_tabular: false,
        }),
        color: color.unwrap_or(STAND_IN),
        align,
        valign,
        is_upper,
        fit,
        on_change,
    })))
}

/// A style's name, or an object: a style's fields changed, or all of a font's fields.
pub(crate) fn read_font(reader: &mut Reader, value: &Spanned, styles: &BTreeMap<String, Font>) -> Option<Font> {
    let style = |reader: &mut Reader, name: &str, at: Place| {
        let found = styles.get(name).cloned();
        if found.is_none() {
            let help = suggestion(name, styles.keys().map(String::as_str));
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
        if !FAMILIES.contains(&family) {
            reader.problem(at, format!("there is no font family `{family}`"), suggestion(family, FAMILIES));
        }
        family.to_owned()
    });
    let weight = reader.number(&object, "weight", (100.0, 900.0)).map(|weight| weight as u16);
    let size = reader.number(&object, "size", (1.0, 1000.0));
    let tracking = reader.number(&object, "tracking", (-500.0, 2000.0));
    let is_tabular = reader.bool(&object, "tabular");
    reader.finish(&object, "a font");
    let font = base.or_else(|| match (&family, size) {
        (Some(family), Some(size)) => {
            Some(Font { family: family.clone(), weight: 500, size, tracking: 0.0, is_tabular: false })
        }
        // A family or size that is there but wrong has been reported by itself.
        _ if object.has("family") && object.has("size") => None,
        _ => {
            reader.problem(value.at, "a font needs `family` and `size`, or a `style`", None);
            None
        }
    })?;
    Some(Font {
        family: family.unwrap_or(font.family),
        weight: weight.unwrap_or(font.weight),
        size: size.unwrap_or(font.size),
        tracking: tracking.unwrap_or(font.tracking),
        is_tabular: is_tabular || font.is_tabular,
    })
}

fn read_fit(reader: &mut Reader, value: &Spanned) -> Option<Fit> {
    let object = reader.object(value, "fit")?;
    let width = reader.number_prop(&object, "width");
    let mut rules = Vec::new();
    if let Some(list) = object.get("rules") {
        for item in reader.list(list, "rules") {
            rules.extend(read_fit_rule(reader, item));
        }
    }
    reader.finish(&object, "a fit");
    let has_rules = matches!(object.get("rules"), Some(Spanned { json: Json::Array(items), .. }) if !items.is_empty());
    if !object.has("width") || !has_rules {
        reader.problem(object.at, "a fit needs a `width` and at least one of `rules`", None);
    }
    Some(Fit { width: width?, rules })
}

fn read_fit_rule(reader: &mut Reader, value: &Spanned) -> Option<FitRule> {
    if matches!(&value.json, Json::String(word) if word == "ellipsis") {
        return Some(FitRule::Ellipsis);
    }
    let object = reader.object(value, "rule")?;
    let percent = (10.0, 100.0);
    let rule = if let Some(to) = reader.number(&object, "squeeze", percent) {
        Some(FitRule::Squeeze(to / 100.0))
    } else if let Some(to) = reader.number(&object, "shrink", percent) {
        Some(FitRule::Shrink(to / 100.0))
    } else {
        object.get("replace").and_then(|value| reader.text_prop(value, "replace")).map(FitRule::Replace)
    };
    reader.finish(&object, "a rule");
    if rule.is_none() && object.entries().is_empty() {
        let help = "{\"squeeze\": 88}, {\"shrink\": 80}, {\"replace\": \"…\"} or \"ellipsis\"".to_owned();
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
    reader.finish(&object, "an on_change");
    Some(match kind? {
        Name::Cut => Change::Cut,
        Name::Roll => Change::Roll { length, ease },
        Name::Crossfade => Change::Crossfade { length, ease },
        Name::Flip => Change::Flip { length, ease },
        Name::Count => Change::Count { length, ease },
    })
}
