/** Gives a function that feeds `take` one input after the other: an input that comes while another is taken waits its turn. */
export function oneAtATime<Input>(take: (input: Input) => void): (input: Input) => void {
  const waiting: Input[] = [];
  let busy = false;
  return (input) => {
    waiting.push(input);
    if (busy) return;
    busy = true;
    try {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) take(next);
    } finally {
      busy = false;
    }
  };
}
