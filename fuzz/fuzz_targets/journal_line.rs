#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| sideline_fuzz::run("journal_line", input));
