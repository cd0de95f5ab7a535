//! Draw lists as text: stable, one line an item, for tests and for reading.

use std::fmt;

use super::{Affine, Cap, DrawList, Gradient, Join, Op, Paint, PathStyle, Rect, Shadow, TextLook, TextRun};

impl fmt::Display for DrawList {
    /// One line an item, indented by group, mask and clip, numbers to a hundredth.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "canvas {}", self.canvas)?;
        let mut depth = 1;
        for item in &self.items {
            if matches!(item.op, Op::PopGroup | Op::PopMask | Op::PopClip) {
                depth -= 1;
                continue;
            }
            writeln!(f, "{:indent$}{} {}", "", item.node, item.op, indent = 2 * depth)?;
            if matches!(item.op, Op::PushGroup { .. } | Op::PushMask | Op::PushClip(_)) {
                depth += 1;
            }
        }
        Ok(())
    }
}

/// A number to a hundredth, without trailing zeros and without "-0".
struct Px(f32);

impl fmt::Display for Px {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rounded = (f64::from(self.0) * 100.0).round() / 100.0;
        write!(f, "{}", if rounded == 0.0 { 0.0 } else { rounded })
    }
}

impl fmt::Display for Rect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{},{} {}x{}", Px(self.x), Px(self.y), Px(self.width), Px(self.height))
    }
}

impl fmt::Display for Affine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_translation() {
            return write!(f, "@{},{}", Px(self.dx), Px(self.dy));
        }
        write!(f, "@{},{} [{} {} {} {}]", Px(self.dx), Px(self.dy), Px(self.xx), Px(self.yx), Px(self.xy), Px(self.yy))
    }
}

impl fmt::Display for Paint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Paint::Solid(color) => color.fmt(f),
            Paint::Linear(gradient) => {
                let Gradient { from, to, stops } = gradient;
                write!(f, "linear {},{}>{},{}", Px(from.x), Px(from.y), Px(to.x), Px(to.y))?;
                stops.iter().try_for_each(|(at, color)| write!(f, " {}:{color}", Px(*at)))
            }
        }
    }
}

impl fmt::Display for Op {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let radii = |f: &mut fmt::Formatter<'_>, corners: &[f32; 4]| {
            if *corners == [0.0; 4] {
                return Ok(());
            }
            write!(f, " r {} {} {} {}", Px(corners[0]), Px(corners[1]), Px(corners[2]), Px(corners[3]))
        };
        match self {
            Op::PushGroup { opacity } => write!(f, "group {}", Px(*opacity)),
            Op::PushMask => f.write_str("mask"),
            Op::PopGroup | Op::PopMask | Op::PopClip => Ok(()),
            Op::PushClip(clip) => {
                write!(f, "clip {} {}", clip.canvas_from_local, clip.rect)?;
                radii(f, &clip.corners)
            }
            Op::Box(shape) => {
                write!(f, "box {} {} {}", shape.canvas_from_local, shape.rect, shape.fill)?;
                radii(f, &shape.corners)?;
                if let Some(border) = shape.border {
                    write!(f, " border {} {}", Px(border.width_px), border.color)?;
                }
                for (name, shadow) in [("shadow", shape.shadow), ("inner-shadow", shape.inner_shadow)] {
                    let Some(Shadow { offset, blur_px, color }) = shadow else { continue };
                    write!(f, " {name} {},{} {} {color}", Px(offset.x), Px(offset.y), Px(blur_px))?;
                }
                Ok(())
            }
            Op::Path(shape) => {
                write!(f, "path {} {} segments {}", shape.canvas_from_local, shape.path.segments.len(), shape.color)?;
                let PathStyle::Stroke { width_px, cap, join } = shape.style else { return Ok(()) };
                write!(f, " stroke {}", Px(width_px))?;
                match cap {
                    Cap::Round => {}
                    Cap::Butt => f.write_str(" butt")?,
                    Cap::Square => f.write_str(" square")?,
                }
                match join {
                    Join::Round => Ok(()),
                    Join::Miter => f.write_str(" miter"),
                    Join::Bevel => f.write_str(" bevel"),
                }
            }
            Op::Text(shape) => {
                let TextRun { text, family, own: _, weight, size_px, tracking, tabular, small_caps, features } =
                    &*shape.run;
                write!(
                    f,
                    "text {} {text:?} {family} {weight} {} {}",
                    shape.canvas_from_local,
                    Px(*size_px),
                    shape.color
                )?;
                if *tracking != 0.0 {
                    write!(f, " tracking {}", Px(*tracking))?;
                }
                if *tabular {
                    f.write_str(" tabular")?;
                }
                if *small_caps {
                    f.write_str(" small-caps")?;
                }
                for (tag, value) in features {
                    write!(f, " {}={value}", String::from_utf8_lossy(tag))?;
                }
                look(f, &shape.look)
            }
            Op::Image(shape) => {
                write!(f, "image {} {} {} {}", shape.canvas_from_local, shape.rect, shape.picture.size, shape.tint)
            }
        }
    }
}

fn look(f: &mut fmt::Formatter<'_>, look: &TextLook) -> fmt::Result {
    match look {
        TextLook::Plain => Ok(()),
        TextLook::Colored => f.write_str(" colored"),
        TextLook::Gradient(gradient) => {
            let Gradient { from, to, stops } = &**gradient;
            write!(f, " gradient {},{} to {},{}", Px(from.x), Px(from.y), Px(to.x), Px(to.y))?;
            stops.iter().try_for_each(|(at, color)| write!(f, " {}:{color}", Px(*at)))
        }
        TextLook::Outline { width_px, join } => {
            write!(f, " outline {}", Px(*width_px))?;
            if *join == Join::Round { Ok(()) } else { write!(f, " {join:?}") }
        }
        TextLook::Shadow { outline_px, blur_px, .. } => write!(f, " shadow {} blur {}", Px(*outline_px), Px(*blur_px)),
    }
}
