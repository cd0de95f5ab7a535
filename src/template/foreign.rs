//! What designers write who come from style sheets, After Effects or another graphics package, and what it is called here.
//!
//! In: a word or a value that is not known. Out: what to write instead, where there is such a thing.

use super::color;
use super::json::Json;
use crate::draw_list::Color;

/// Words of elsewhere, and ours; one that has several counts as the first that is known where it stands. Both without
/// hyphens, underscores and capitals.
const WORDS: &[(&str, &str)] = &[
    // Nodes.
    ("div", "group"),
    ("container", "group"),
    ("frame", "group"),
    ("layer", "group"),
    ("comp", "group"),
    ("precomp", "component"),
    ("rect", "box"),
    ("rectangle", "box"),
    ("solid", "box"),
    ("shape", "path"),
    ("svg", "path"),
    ("line", "path"),
    ("img", "image"),
    ("picture", "image"),
    ("span", "text"),
    ("label", "text"),
    ("sequence", "sprite"),
    ("video", "sprite"),
    ("foreach", "repeat"),
    ("list", "repeat"),
    ("symbol", "component"),
    ("include", "component"),
    // Their keys.
    ("left", "x"),
    ("top", "y"),
    ("translatex", "x"),
    ("translatey", "y"),
    ("background", "fill"),
    ("backgroundcolor", "fill"),
    ("background", "color"),
    ("fill", "color"),
    ("color", "fill"),
    ("borderradius", "corners"),
    ("radius", "corners"),
    ("cornerradius", "corners"),
    ("alpha", "opacity"),
    ("rotation", "rotate"),
    ("transformorigin", "pivot"),
    ("anchorpoint", "pivot"),
    ("boxshadow", "shadow"),
    ("dropshadow", "shadow"),
    ("textshadow", "shadow"),
    ("stroke", "outline"),
    ("stroke", "border"),
    ("outline", "border"),
    ("outline", "stroke"),
    ("border", "outline"),
    ("border", "stroke"),
    ("overflow", "clip"),
    ("visible", "when"),
    ("visibility", "when"),
    ("if", "when"),
    ("nodes", "children"),
    ("layers", "children"),
    ("layers", "nodes"),
    ("content", "text"),
    ("textalign", "align"),
    ("verticalalign", "valign"),
    ("texttransform", "transform"),
    ("leading", "lineheight"),
    ("objectfit", "fit"),
    ("href", "src"),
    ("url", "src"),
    ("file", "src"),
    ("each", "over"),
    ("items", "over"),
    ("display", "layout"),
    ("flex", "grow"),
    ("flexgrow", "grow"),
    ("flexshrink", "shrink"),
    ("flexbasis", "basis"),
    ("gridcolumn", "column"),
    ("gridrow", "row"),
    ("alignitems", "align"),
    ("justifycontent", "justify"),
    ("flexdirection", "type"),
    ("direction", "type"),
    ("flexwrap", "wrap"),
    ("gridtemplatecolumns", "columns"),
    ("gridtemplaterows", "rows"),
    ("fontfamily", "family"),
    ("fontsize", "size"),
    ("fontweight", "weight"),
    ("letterspacing", "tracking"),
    ("kerning", "tracking"),
    // Motion.
    ("animation", "keyframes"),
    ("target", "node"),
    ("element", "node"),
    ("duration", "length"),
    ("time", "length"),
    ("time", "at"),
    ("offset", "at"),
    ("easing", "ease"),
    ("timingfunction", "ease"),
    ("ease", "inoutcubic"),
    ("easein", "incubic"),
    ("easeout", "outcubic"),
    ("easeinout", "inoutcubic"),
    // Values.
    ("flex", "row"),
    ("horizontal", "row"),
    ("vertical", "column"),
    ("flexstart", "start"),
    ("flexend", "end"),
    ("middle", "center"),
    ("middle", "cap"),
    ("left", "start"),
    ("right", "end"),
    ("toright", "right"),
    ("horizontal", "right"),
    ("tobottom", "down"),
    ("vertical", "down"),
    ("uppercase", "upper"),
    ("lowercase", "lower"),
    ("tofixed", "fixed"),
    ("fade", "crossfade"),
    ("dissolve", "crossfade"),
];

/// Keys that stand in an object of their own here: the word, the key of that object, and the word's name in there.
const INSIDE: &[(&str, &str, &str)] = &[
    ("padding", "layout", "padding"),
    ("gap", "layout", "gap"),
    ("alignitems", "layout", "align"),
    ("justifycontent", "layout", "justify"),
    ("flexdirection", "layout", "type"),
    ("flexwrap", "layout", "wrap"),
    ("gridtemplatecolumns", "layout", "columns"),
    ("gridtemplaterows", "layout", "rows"),
    ("fontfamily", "font", "family"),
    ("fontsize", "font", "size"),
    ("fontweight", "font", "weight"),
    ("letterspacing", "font", "tracking"),
    ("kerning", "font", "tracking"),
    ("size", "font", "size"),
    ("family", "font", "family"),
    ("strokewidth", "stroke", "width"),
    ("borderwidth", "border", "width"),
    ("bordercolor", "border", "color"),
    ("strokedasharray", "stroke", "dash"),
    ("dash", "stroke", "dash"),
];

/// Without what divides words, and without capitals.
fn plain(word: &str) -> String {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

/// The name among `known` that is meant by a word of elsewhere, or by one that divides its words otherwise.
pub(super) fn word<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let found = plain(found);
    let known: Vec<&str> = known.into_iter().collect();
    let named = |wanted: &str| known.iter().copied().find(|name| plain(name) == wanted);
    // "easeOutExpo", as most libraries call it.
    let eased = found.strip_prefix("ease").filter(|rest| !rest.is_empty());
    let ours = || WORDS.iter().filter(|(word, _)| *word == found).find_map(|(_, ours)| named(ours));
    named(&found).or_else(ours).or_else(|| eased.and_then(named))
}

/// How to write a key that stands in an object of its own here, under one of the keys that are known.
pub(super) fn inside<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let found = plain(found);
    if found == "zindex" {
        return Some("nodes are drawn in the order of the file".to_owned());
    }
    let known: Vec<&str> = known.into_iter().collect();
    let (_, outer, inner) = INSIDE.iter().find(|(word, outer, _)| *word == found && known.contains(outer))?;
    Some(format!("write it inside: \"{outer}\": {{ \"{inner}\": … }}"))
}

/// How to write a colour that is written as elsewhere, or how colours are written.
pub(super) fn color(text: &str) -> String {
    let known = named_color(text).or_else(|| function_color(text)).or_else(|| {
        // `#rgba`.
        let digits = text.strip_prefix('#').filter(|digits| digits.len() == 4)?;
        let doubled: String = digits.chars().flat_map(|digit| [digit, digit]).collect();
        color::parse(&format!("#{doubled}"))
    });
    match known {
        Some(known) => format!("write \"{}\"", color::print(known)),
        None => "write \"#rrggbb\" or \"#rrggbbaa\"".to_owned(),
    }
}

/// The colours by whose names people write them most.
fn named_color(text: &str) -> Option<Color> {
    const NAMES: [(&str, [u8; 3]); 12] = [
        ("white", [255; 3]),
        ("black", [0; 3]),
        ("gray", [128; 3]),
        ("grey", [128; 3]),
        ("silver", [192; 3]),
        ("red", [255, 0, 0]),
        ("green", [0, 128, 0]),
        ("blue", [0, 0, 255]),
        ("navy", [0, 0, 128]),
        ("yellow", [255, 255, 0]),
        ("orange", [255, 165, 0]),
        ("gold", [255, 215, 0]),
    ];
    if text == "transparent" || text == "none" {
        return Some(Color { a: 0.0, ..Color::from_rgb8(0, 0, 0) });
    }
    let found = NAMES.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
    found.map(|(_, [r, g, b])| Color::from_rgb8(*r, *g, *b))
}

/// `rgb(0, 0, 0)` and `rgba(0, 0, 0, .5)`.
fn function_color(text: &str) -> Option<Color> {
    let inside = text.strip_prefix("rgba(").or_else(|| text.strip_prefix("rgb("))?.strip_suffix(')')?;
    let parts = inside.split([',', ' ', '/']).filter(|part| !part.is_empty()).map(str::parse::<f32>);
    let parts: Vec<f32> = parts.collect::<Result<_, _>>().ok()?;
    let byte = |part: f32| part.clamp(0.0, 255.0).round() as u8;
    let (r, g, b, a) = match parts[..] {
        [r, g, b] => (r, g, b, 1.0),
        [r, g, b, a] => (r, g, b, a),
        _ => return None,
    };
    Some(Color { a: a.clamp(0.0, 1.0), ..Color::from_rgb8(byte(r), byte(g), byte(b)) })
}

/// How to write what is of another kind than it must be.
pub(super) fn value(name: &str, json: &Json, wanted: &str) -> Option<String> {
    let Json::String(text) = json else {
        // A bare number where a time belongs.
        return match json {
            Json::Number(n) if wanted.starts_with("a length of time") => Some(format!("write \"{n}ms\"")),
            _ => None,
        };
    };
    if wanted.starts_with("a number") {
        return number(text).map(|n| format!("write {n}"));
    }
    let own = |usual: &'static str| if color::parse(text).is_some() { text.as_str() } else { usual }.to_owned();
    let form = match (wanted, name) {
        ("an object", "border" | "stroke") => format!("{{ \"width\": 2, \"color\": \"{}\" }}", own("#ffffff")),
        ("an object", "outline") => format!("{{ \"width\": 2, \"color\": \"{}\" }}", own("#000000")),
        ("an object", "shadow" | "inner_shadow") => {
            format!("{{ \"y\": 2, \"blur\": 8, \"color\": \"{}\" }}", own("#00000080"))
        }
        ("an object", "on_change") => format!("{{ \"kind\": \"{text}\" }}"),
        ("an object", "layout") => format!("{{ \"type\": \"{text}\" }}"),
        _ => return None,
    };
    Some(format!("write {form}"))
}

/// A number with a unit, as it is written here: pixels have none, and a percentage is one of 100.
fn number(text: &str) -> Option<f32> {
    let text = text.trim();
    if let Some(percent) = text.strip_suffix('%') {
        return percent.trim().parse::<f32>().ok().map(|percent| percent / 100.0);
    }
    let figures = ["px", "pt", "deg"].iter().find_map(|unit| text.strip_suffix(unit)).unwrap_or(text);
    figures.trim().parse::<f32>().ok().filter(|n| n.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_elsewhere_is_the_first_of_ours_that_is_known_where_it_stands() {
        let cases: [(&str, &[&str], Option<&str>); 8] = [
            ("background-color", &["x", "fill"], Some("fill")),
            ("background", &["text", "color"], Some("color")),
            ("borderRadius", &["border", "corners"], Some("corners")),
            ("lineHeight", &["line_height"], Some("line_height")),
            ("easeOutExpo", &["linear", "out-expo"], Some("out-expo")),
            ("ease-in-out", &["linear", "in-out-cubic"], Some("in-out-cubic")),
            ("middle", &["start", "center"], Some("center")),
            ("z-index", &["x", "y"], None),
        ];
        for (found, known, expected) in cases {
            assert_eq!(word(found, known.iter().copied()), expected, "{found}");
        }
        let told = inside("font-size", ["text", "font"]);
        assert_eq!(told.as_deref(), Some("write it inside: \"font\": { \"size\": … }"));
        assert_eq!(inside("font-size", ["fill"]), None);
    }

    #[test]
    fn no_word_of_elsewhere_is_twice_the_same_one_of_ours() {
        let mut words = WORDS.to_vec();
        words.sort_unstable();
        words.dedup();
        assert_eq!(words.len(), WORDS.len());
        assert!(WORDS.iter().all(|(word, ours)| plain(word) == *word && plain(ours) == *ours));
    }

    #[test]
    fn colours_of_style_sheets_are_told_as_they_are_written_here() {
        for (text, expected) in [
            ("white", "write \"#ffffff\""),
            ("rgba(0,0,0,.5)", "write \"#00000080\""),
            ("rgb(255 128 0)", "write \"#ff8000\""),
            ("#f00c", "write \"#ff0000cc\""),
            ("transparent", "write \"#00000000\""),
            ("mauve", "write \"#rrggbb\" or \"#rrggbbaa\""),
        ] {
            assert_eq!(color(text), expected, "{text}");
        }
    }

    #[test]
    fn values_with_units_are_told_without() {
        let told = |text: &str| value("width", &Json::String(text.to_owned()), "a number or an expression");
        assert_eq!(told("400px").as_deref(), Some("write 400"));
        assert_eq!(told("50%").as_deref(), Some("write 0.5"));
        assert_eq!(told("wide"), None);
    }
}
