import type { StateView } from '../engine/runningFlow.ts';
import type { Answers, StateQuestion } from './protocol.ts';

/** Answers what is asked of state and timers, of a flow that runs or of one that does not. Throws what the view throws. */
export function answerState(view: StateView, question: StateQuestion): Answers[StateQuestion['about']] {
  switch (question.about) {
    case 'state':
      return view.page(question.node, question);
    case 'setState':
      view.set(question.node, question.key, question.state);
      return undefined;
    case 'clearState': {
      const { node, key } = question;
      if (key === undefined) return view.clearAll(node);
      view.clear(node, key);
      return 1;
    }
  }
}
