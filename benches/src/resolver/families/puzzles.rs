//! Puzzles as packages: every package is asked for, and releases conflict.

use super::super::problem::{Problem, Question};
use super::super::random::Random;

/// More pigeons than holes, one more: each pigeon is a package with a version for each hole, and two pigeons conflict in one hole. There is
/// no answer.
#[must_use]
pub fn pigeons(holes: u32) -> (Problem, Vec<Question>) {
    let mut problem = Problem::all_asked();
    let pigeons = holes as usize + 1;
    problem.add_many(pigeons, holes);
    for pigeon in 0..pigeons {
        for other in (0..pigeons).filter(|other| *other != pigeon) {
            for hole in 0..holes {
                let range = problem.exactly(other, hole);
                problem.release(pigeon, hole).conflicts.push(range);
            }
        }
    }
    let question = Question {
        items: (0..pigeons).map(|pigeon| problem.any(pigeon)).collect(),
        installed: Vec::new(),
    };
    (problem, vec![question])
}

/// Puzzles of nine by nine digits, each with one solution and no digit given that it would have without: each cell is a package with a
/// version for each digit, and cells that see each other conflict in a digit.
#[must_use]
pub fn sudoku(puzzles: u64) -> (Problem, Vec<Question>) {
    let mut problem = Problem::all_asked();
    problem.add_many(CELLS, 9);
    for cell in 0..CELLS {
        for other in (0..CELLS).filter(|other| sees(cell, *other)) {
            for digit in 0..9 {
                let range = problem.exactly(other, digit);
                problem.release(cell, digit).conflicts.push(range);
            }
        }
    }
    let puzzles = (0..puzzles).map(puzzle);
    let questions = puzzles.map(|puzzle| {
        let cells = puzzle.into_iter().enumerate();
        let items = cells.map(|(cell, digit)| match digit {
            Some(digit) => problem.exactly(cell, digit),
            None => problem.any(cell),
        });
        Question {
            items: items.collect(),
            installed: Vec::new(),
        }
    });
    let questions = questions.collect();
    (problem, questions)
}

const CELLS: usize = 81;

type Grid = [Option<u32>; CELLS];

fn sees(cell: usize, other: usize) -> bool {
    let square = |cell: usize| (cell / 27, cell % 9 / 3);
    let is_near = cell / 9 == other / 9 || cell % 9 == other % 9 || square(cell) == square(other);
    cell != other && is_near
}

/// A full grid, out of which digits are taken in random order as long as there is one solution.
fn puzzle(seed: u64) -> Grid {
    let mut random = Random::new(seed);
    let mut grid: Grid = [None; CELLS];
    let digits = shuffled(&mut random, 9);
    for (cell, digit) in digits.into_iter().enumerate() {
        grid[cell] = u32::try_from(digit).ok();
    }
    solutions(&mut grid, 1);
    for cell in shuffled(&mut random, CELLS) {
        let digit = grid[cell].take();
        if solutions(&mut grid.clone(), 2) > 1 {
            grid[cell] = digit;
        }
    }
    grid
}

fn shuffled(random: &mut Random, count: usize) -> Vec<usize> {
    let mut numbers: Vec<usize> = (0..count).collect();
    for at in (1..count).rev() {
        numbers.swap(at, random.at(at + 1));
    }
    numbers
}

/// How many solutions a grid has, up to `most`. The last one that is found stays in the grid.
fn solutions(grid: &mut Grid, most: usize) -> usize {
    let choices = |grid: &Grid, cell: usize| -> Vec<u32> {
        let is_free =
            |digit: &u32| (0..CELLS).all(|at| !sees(cell, at) || grid[at] != Some(*digit));
        (0..9).filter(is_free).collect()
    };
    let empty = (0..CELLS).filter(|cell| grid[*cell].is_none());
    let tightest = empty
        .map(|cell| (cell, choices(grid, cell)))
        .min_by_key(|(_, choices)| choices.len());
    let Some((cell, choices)) = tightest else {
        return 1;
    };
    let mut found = 0;
    for digit in choices {
        grid[cell] = Some(digit);
        found += solutions(grid, most - found);
        if found >= most {
            return found;
        }
    }
    grid[cell] = None;
    found
}
