//! The order with the fewest conflicts, and the files that several branches change.

use super::*;
use proptest::prelude::*;

/// A branch that changes `files` and conflicts with the branches of these numbers.
fn branch(name: &str, conflicts_with: &[usize], files: &[&str]) -> Candidate {
    Candidate {
        branch: name.into(),
        conflicts_with: conflicts_with.iter().copied().collect(),
        conflicts_with_base: Some(false),
        files: files.iter().map(|file| (*file).to_owned()).collect(),
        ..Candidate::default()
    }
}

fn order(candidates: &[Candidate]) -> Vec<String> {
    merge_order(candidates).into_iter().map(|each| each.branch).collect()
}

#[test]
fn the_largest_set_without_conflicts_comes_first() {
    let star = [
        branch("hub", &[1, 2, 3], &["a"]),
        branch("x", &[], &["a", "b"]),
        branch("y", &[], &["c", "d"]),
        branch("z", &[], &["e", "f"]),
    ];
    assert_eq!(order(&star), ["x", "y", "z", "hub"]);
    let found = merge_order(&star);
    assert_eq!(found[3].conflicts_with, ["x", "y", "z"]);
    assert_eq!(found[0].conflicts_with, ["hub"]);
    let meets: Vec<_> = found.iter().map(|each| each.meets_conflict).collect();
    assert_eq!(meets, [Some(false), Some(false), Some(false), Some(true)]);
}

#[test]
fn among_clean_branches_the_smaller_comes_first_and_then_the_name() {
    let list =
        [branch("c", &[], &["1", "2"]), branch("b", &[], &["3"]), branch("a", &[], &["4"]), branch("d", &[], &[])];
    assert_eq!(order(&list), ["d", "a", "b", "c"]);
    let pair = [branch("large", &[1], &["1", "2"]), branch("small", &[], &["1"])];
    assert_eq!(order(&pair), ["small", "large"]);
}

#[test]
fn what_conflicts_with_the_target_comes_last_and_disturbs_nobody() {
    let mut list =
        [branch("broken", &[1, 2], &[]), branch("a", &[2], &["x"]), branch("b", &[], &["x"]), branch("c", &[], &["y"])];
    list[0].conflicts_with_base = Some(true);
    list[0].conflict_files = ["z".to_owned(), "x".to_owned()].into();
    let found = merge_order(&list);
    let shown: Vec<_> = found.iter().map(|each| (each.branch.as_str(), each.meets_conflict)).collect();
    assert_eq!(shown, [("a", Some(false)), ("c", Some(false)), ("b", Some(true)), ("broken", Some(true))]);
    assert_eq!(found[3].files, ["x", "z"]);
}

#[test]
fn a_simulation_without_a_result_is_never_called_clean() {
    let mut list = [branch("a", &[], &[]), branch("b", &[], &[]), branch("c", &[], &[])];
    list[0].undetermined.insert(1);
    list[2].conflicts_with_base = None;
    let found = merge_order(&list);
    let shown: Vec<_> = found.iter().map(|each| (each.branch.as_str(), each.meets_conflict)).collect();
    assert_eq!(shown, [("a", Some(false)), ("b", None), ("c", None)]);
    assert_eq!((found[1].undetermined.as_slice(), found[1].conflicts_with.len()), (&["a".to_owned()][..], 0));
}

#[test]
fn numbers_that_are_no_branch_do_not_count() {
    assert_eq!(merge_order(&[branch("a", &[0, 7], &[])])[0].meets_conflict, Some(false));
    assert_eq!(merge_order(&[]), vec![]);
}

#[test]
fn many_branches_are_ordered_in_bounded_time() {
    let list: Vec<Candidate> =
        (0..300).map(|at| branch(&format!("b{at:03}"), &[(at + 1) % 300, (at * 7) % 300], &[])).collect();
    let found = merge_order(&list);
    assert_eq!(found.len(), 300);
    assert!(found.iter().take_while(|each| each.meets_conflict == Some(false)).count() > 75);
}

#[test]
fn files_are_grouped_by_the_branches_that_change_them() {
    let list =
        [branch("b", &[], &["x", "y", "only"]), branch("a", &[], &["x", "y", "z"]), branch("c", &[], &["z", "y"])];
    let overlap = |branches: &[&str], files: &[&str]| Overlap {
        branches: branches.iter().map(|name| (*name).to_owned()).collect(),
        files: files.iter().map(|name| (*name).to_owned()).collect(),
    };
    assert_eq!(
        overlaps(&list),
        [overlap(&["a", "b"], &["x"]), overlap(&["a", "b", "c"], &["y"]), overlap(&["a", "c"], &["z"])]
    );
}

/// Counts the merges that meet a conflict in an order, straight from the definition.
fn meetings(candidates: &[Candidate], order: &[usize]) -> usize {
    let hit = |one: usize, two: usize| {
        candidates[one].conflicts_with.contains(&two) || candidates[two].conflicts_with.contains(&one)
    };
    let meets = |place: usize| {
        candidates[order[place]].conflicts_with_base == Some(true)
            || (0..place).any(|before| hit(order[place], order[before]))
    };
    (0..order.len()).filter(|place| meets(*place)).count()
}

fn permutations(of: usize) -> Vec<Vec<usize>> {
    if of == 0 {
        return vec![vec![]];
    }
    let place = |order: &Vec<usize>| -> Vec<Vec<usize>> {
        (0..=order.len()).map(|at| [&order[..at], &[of - 1], &order[at..]].concat()).collect()
    };
    permutations(of - 1).iter().flat_map(place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_order_of_up_to_six_branches_meets_fewer_conflicts(
        rows in proptest::collection::vec((proptest::collection::btree_set(0_usize..6, 0..3), any::<bool>(), any::<bool>()), 1..7)
    ) {
        let list: Vec<Candidate> = rows.iter().enumerate().map(|(at, (with, one, two))| Candidate {
            branch: at.to_string(),
            conflicts_with: with.iter().copied().filter(|other| *other != at && *other < rows.len()).collect(),
            conflicts_with_base: Some(*one && *two),
            ..Candidate::default()
        }).collect();
        let found = merge_order(&list);
        let order: Vec<usize> = found.iter().map(|each| each.branch.parse().unwrap()).collect();
        let told = found.iter().filter(|each| each.meets_conflict == Some(true)).count();
        prop_assert_eq!(meetings(&list, &order), told);
        let best = permutations(list.len()).iter().map(|order| meetings(&list, order)).min();
        prop_assert_eq!(Some(told), best);
    }
}
