//! Counts the tests that a patch adds, by the words that begin a test in the languages people write them in.

/// How a line begins, without its indent, that makes one test.
const BEGINNINGS: [&str; 22] = [
    "#[test]",
    "#[tokio::test",
    "#[rstest",
    "#[test_case",
    "def test_",
    "async def test_",
    "it(",
    "it.each",
    "test(",
    "test.each",
    "Deno.test(",
    "func Test",
    "@Test",
    "@ParameterizedTest",
    "[Fact]",
    "[Theory]",
    "[Test]",
    "TEST(",
    "TEST_F(",
    "it \"",
    "it '",
    "test \"",
];

/// Returns how many tests a patch (unified diff of one or more commits) adds, less those that it takes away; never below 0.
/// `boundary` is what a line begins with where another commit begins: each commit counts for itself.
#[must_use]
pub fn tests_added(patch: &str, boundary: &str) -> u64 {
    let (mut sum, mut one) = (0_u64, 0_i64);
    for line in patch.lines() {
        if line.starts_with(boundary) {
            sum += u64::try_from(one).unwrap_or(0);
            one = 0;
        } else if let Some(added) = line.strip_prefix('+').filter(|_| !line.starts_with("+++ ")) {
            one += i64::from(begins_test(added));
        } else if let Some(gone) = line.strip_prefix('-').filter(|_| !line.starts_with("--- ")) {
            one -= i64::from(begins_test(gone));
        }
    }
    sum + u64::try_from(one).unwrap_or(0)
}

fn begins_test(line: &str) -> bool {
    let bare = line.trim_start();
    BEGINNINGS.iter().any(|start| bare.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn added_tests_count_and_moved_ones_do_not() {
        let patch = "commit a\n+++ b/x.rs\n+    #[test]\n+fn a() {}\n-def test_old():\n+def test_new():\n+it('works', () => {\n\
                     commit b\n-func TestGone(t *testing.T) {\n+ latest(\n";
        assert_eq!(tests_added(patch, "commit "), 2);
        assert_eq!(tests_added("", "commit "), 0);
    }
}
