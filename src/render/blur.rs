//! Blurs coverage with a Gaussian: the soft shadow of what is no box.
//!
//! Pure, on the CPU, along rows and then along columns. Weights and sums are whole numbers, so that the pixels are the same
//! on every machine.

use super::path_raster::Coverage;

/// The whole of a kernel's weights.
const WHOLE: u32 = 1 << 16;

/// Blurs by a standard deviation in texels; what is nearer than three of them to the border may lose some of its shadow.
pub(super) fn blurred(coverage: Coverage, deviation: f32) -> Coverage {
    let kernel = kernel(deviation);
    if kernel.len() < 2 {
        return coverage;
    }
    let Coverage { width, height, texels } = coverage;
    let (columns, rows) = (width as usize, height as usize);
    let mut across = vec![0_u8; texels.len()];
    for (from, to) in texels.chunks_exact(columns).zip(across.chunks_exact_mut(columns)) {
        if from.iter().any(|texel| *texel > 0) {
            blur_line(&kernel, from, to);
        }
    }
    let mut down = vec![0_u8; texels.len()];
    let (mut from, mut to) = (vec![0; rows], vec![0; rows]);
    for column in 0..columns {
        (0..rows).for_each(|row| from[row] = across[row * columns + column]);
        if from.iter().any(|texel| *texel > 0) {
            blur_line(&kernel, &from, &mut to);
            (0..rows).for_each(|row| down[row * columns + column] = to[row]);
        }
    }
    Coverage { width, height, texels: down }
}

/// Weights of a texel, of its neighbours, and so on to three standard deviations.
fn kernel(deviation: f32) -> Vec<u32> {
    // Less than this moves nothing by half of a 255th.
    if !(deviation > 0.02 && deviation.is_finite()) {
        return Vec::new();
    }
    let reach = (3.0 * deviation).ceil() as usize;
    let shares: Vec<f64> = (0..=reach)
        .map(|at| {
            let x = at as f64 / f64::from(deviation);
            (-x * x / 2.0).exp()
        })
        .collect();
    let sum = shares[0] + 2.0 * shares[1..].iter().sum::<f64>();
    let mut weights: Vec<u32> = shares.iter().map(|share| (share / sum * f64::from(WHOLE)).round() as u32).collect();
    // What rounding left over goes to the middle: a surface that is covered fully stays so.
    weights[0] = WHOLE - 2 * weights[1..].iter().sum::<u32>();
    weights
}

fn blur_line(kernel: &[u32], from: &[u8], to: &mut [u8]) {
    let last = from.len() - 1;
    for (at, blurred) in to.iter_mut().enumerate() {
        let mut sum = kernel[0] * u32::from(from[at]);
        for (away, weight) in kernel.iter().enumerate().skip(1) {
            let before = at.checked_sub(away).map_or(0, |at| u32::from(from[at]));
            let after = if at + away <= last { u32::from(from[at + away]) } else { 0 };
            sum += weight * (before + after);
        }
        *blurred = ((sum + WHOLE / 2) / WHOLE) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn coverage(side: u32, at: impl Fn(u32, u32) -> u8) -> Coverage {
        Coverage { width: side, height: side, texels: (0..side * side).map(|n| at(n % side, n / side)).collect() }
    }

    #[test]
    fn a_surface_stays_covered_inside_and_nothing_is_added_or_lost() {
        let square = coverage(64, |x, y| if (20..44).contains(&x) && (20..44).contains(&y) { 255 } else { 0 });
        let soft = blurred(square.clone(), 3.0);
        assert_eq!(soft.texels[32 * 64 + 32], 255);
        let sum = |coverage: &Coverage| coverage.texels.iter().map(|texel| f64::from(*texel)).sum::<f64>();
        assert!((sum(&soft) / sum(&square) - 1.0).abs() < 0.01, "{} {}", sum(&soft), sum(&square));
    }

    #[test]
    fn an_edge_falls_off_as_the_integral_of_a_gaussian() {
        let half = coverage(64, |x, _| if x >= 32 { 255 } else { 0 });
        let soft = blurred(half, 4.0);
        // Texel 31's middle lies half a texel outside: an eighth of a deviation, 45.0% of a Gaussian.
        let row = &soft.texels[32 * 64..33 * 64];
        assert!((f64::from(row[31]) / 255.0 - 0.450).abs() < 0.01, "{}", row[31]);
        assert!((f64::from(row[27]) / 255.0 - 0.130).abs() < 0.01, "{}", row[27]);
    }

    #[test]
    fn no_blur_leaves_everything_as_it_is() {
        let square = coverage(16, |x, _| (x * 16) as u8);
        assert_eq!(blurred(square.clone(), 0.0), square);
    }
}
