use super::*;

const SVG: &str =
    r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 10"><path d="M0 0h10v10H0z" fill="#f00"/></svg>"##;

fn file(name: &str, bytes: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    (folder, path)
}

fn png(size: Size, pixel: impl Fn(u32, u32) -> [u8; 4]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::RgbaImage::from_fn(size.width, size.height, |x, y| image::Rgba(pixel(x, y)))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

fn pixels(picture: &Picture) -> &PictureData {
    picture.pixels.as_deref().expect("something to see")
}

#[test]
fn a_translucent_pixel_is_premultiplied() {
    let (_folder, path) = file("a.png", &png(Size::new(1, 1), |_, _| [255, 100, 0, 128]));
    let picture = load(&path, None).unwrap();
    assert_eq!(pixels(&picture).rgba, [128, 50, 0, 128]);
}

#[test]
fn an_svg_is_drawn_at_twice_the_size_that_is_shown() {
    let (_folder, path) = file("a.svg", SVG.as_bytes());
    let picture = load(&path, Some(Shown { fit: Fit::Contain, room: Size::new(100, 100) })).unwrap();
    assert_eq!((picture.full.width, picture.full.height), (1024, 512));
    let whole = pixels(&picture);
    assert_eq!(whole.size, Size::new(200, 100));
    assert_eq!((&whole.rgba[..4], &whole.rgba[796..800]), (&[255, 0, 0, 255][..], &[0; 4][..]), "red, then nothing");
    assert_eq!(whole.smaller.as_ref().map(|smaller| smaller.size), Some(Size::new(100, 50)), "as it is shown");
}

#[test]
fn the_content_decides_what_a_file_is() {
    let (_folder, path) = file("a.png", SVG.as_bytes());
    assert!(load(&path, None).is_ok());
    let (_folder, path) = file("a.svg", b"GIF89a\x01\x00\x01\x00\x00\x00\x00;");
    assert!(matches!(load(&path, None), Err(AssetError::UnknownKind)));
}

#[test]
fn what_an_svg_would_lose_is_an_error() {
    let with = |inside: &str| SVG.replace("<path", &format!("{inside}<path"));
    let (_folder, path) = file("a.svg", with("<g><text>NETS</text></g>").as_bytes());
    assert!(matches!(load(&path, None), Err(AssetError::SvgText)));
    let (_folder, path) = file("a.svg", with("<image href=\"b.png\"/>").as_bytes());
    assert!(matches!(load(&path, None), Err(AssetError::SvgPicture)));
    let (_folder, path) = file("a.svg", b"<svg");
    assert!(matches!(load(&path, None), Err(AssetError::Broken(_))));
}

#[test]
fn a_file_is_decoded_once_while_it_is_shown_and_again_when_it_changed() {
    let (_folder, path) = file("a.png", &png(Size::new(2, 2), |_, _| [1, 2, 3, 255]));
    let first = load(&path, None).unwrap();
    assert!(Arc::ptr_eq(&first, &load(&path, None).unwrap()));
    std::fs::write(&path, png(Size::new(4, 4), |x, y| [9, x as u8, y as u8, 255])).unwrap();
    let second = load(&path, None).unwrap();
    assert_eq!((pixels(&first).size.width, pixels(&second).size.width), (2, 4));
}

#[test]
fn a_trimmed_picture_knows_where_it_was() {
    let dot = |x, y| if (x, y) == (7, 2) || (x, y) == (9, 3) { [255; 4] } else { [0; 4] };
    let (_folder, path) = file("a.png", &png(Size::new(20, 10), dot));
    let picture = load_trimmed(&path, None).unwrap();
    assert_eq!((picture.full, picture.part), (Size::new(20, 10), Rect::new(7.0, 2.0, 3.0, 2.0)));
    let row = |bytes: [u8; 3]| bytes.into_iter().flat_map(|byte| [byte; 4]).collect::<Vec<u8>>();
    assert_eq!(pixels(&picture).rgba, [row([255, 0, 0]), row([0, 0, 255])].concat());
    let (_folder, path) = file("b.png", &png(Size::new(20, 10), |_, _| [9, 9, 9, 0]));
    assert!(load_trimmed(&path, None).unwrap().pixels.is_none());
}

#[test]
fn a_header_that_promises_gigabytes_is_refused_before_decoding() {
    let mut bytes = png(Size::new(1, 1), |_, _| [0; 4]);
    bytes[16..24].copy_from_slice(&[0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30]);
    // The header's own checksum, over its name and its 13 bytes.
    let crc = !bytes[12..29].iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 })
    });
    bytes[29..33].copy_from_slice(&crc.to_be_bytes());
    let (_folder, path) = file("a.png", &bytes);
    let error = load(&path, None).unwrap_err();
    assert!(error.to_string().contains("30000x30000"), "{error}");
}

/// Files as designers hand them in.
const FILES: [&[u8]; 3] = [
    include_bytes!("../../tests/visual/cases/shared/badge.png"),
    include_bytes!("../../tests/visual/cases/shared/photo.jpg"),
    include_bytes!("../../tests/visual/cases/shared/crest.svg"),
];

#[test]
fn a_file_that_ends_early_is_broken_and_a_wrong_byte_never_panics() {
    // Loading runs beside a show on air: a panic would end the thread that watches for a designer's next save.
    let decode = |bytes: &[u8]| decode::decode(bytes, |_| Some(Size::new(20, 20)));
    for file in FILES {
        assert!(decode(file).is_ok());
        let step = file.len() / 200 + 1;
        for at in (0..file.len()).step_by(step) {
            // What is missing of the last few bytes may be no part of the picture.
            let is_whole = decode(&file[..at]).is_ok();
            assert!(!is_whole || at + 16 > file.len(), "{at} of {} bytes pass for a picture", file.len());
            let mut wrong = file.to_vec();
            wrong[at] ^= 0x55;
            // Some wrong bytes make another picture.
            drop(decode(&wrong));
        }
    }
}

#[test]
fn fits_are_placed_on_whole_pixels() {
    let room = Rect::new(10.0, 20.0, 100.0, 50.0);
    let wide = Size::new(300, 100);
    let centred = [0.5; 2];
    assert_eq!(Fit::Contain.place(wide, room, centred), Rect::new(10.0, 29.0, 100.0, 33.0));
    assert_eq!(Fit::Contain.place(wide, room, [0.0, 1.0]), Rect::new(10.0, 37.0, 100.0, 33.0));
    assert_eq!(Fit::Cover.place(wide, room, centred), Rect::new(-15.0, 20.0, 150.0, 50.0));
    assert_eq!(Fit::Fill.place(wide, room, centred), room);
    assert!(Fit::Cover.place(Size::new(0, 9), room, centred).is_empty());
}
