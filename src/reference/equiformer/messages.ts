/** What edges contribute, whichever way a network makes its messages. Equiformer SPEC section 12. */
import type { AttentionParameters } from '../../models/equiformer/parameters.ts'
import {
  type DotProductMessage,
  type DotProductTape,
  dotProductMessages,
  dotProductMessagesAdjoint,
} from './dot-product-messages.ts'
import {
  type LinearMessage,
  type LinearTape,
  linearMessages,
  linearMessagesAdjoint,
} from './linear-messages.ts'
import type { EdgeGradient, MessageGraph } from './message-graph.ts'
import {
  type NonlinearMessage,
  type NonlinearTape,
  nonlinearMessages,
  nonlinearMessagesAdjoint,
} from './nonlinear-messages.ts'

/** A message and what its adjoint needs of the forward pass. */
export type MessageTape =
  | { readonly message: NonlinearMessage; readonly kind: 'nonlinear'; readonly tape: NonlinearTape }
  | { readonly message: LinearMessage; readonly kind: 'linear'; readonly tape: LinearTape }
  | { readonly message: DotProductMessage; readonly kind: 'dot product'; readonly tape: DotProductTape }

/** Logits [E × H] and values [E × H × head] of node features x [N × input] and merged features [E × merged]. */
export function messages(
  attention: AttentionParameters,
  graph: MessageGraph,
  x: Float64Array,
  merged: Float64Array,
): { logits: Float64Array; values: Float64Array; tape: MessageTape } {
  const { message } = attention
  switch (message.kind) {
    case 'nonlinear': {
      const { tape, ...made } = nonlinearMessages(message, attention, graph, merged)
      return { ...made, tape: { kind: message.kind, message, tape } }
    }
    case 'linear': {
      const { tape, ...made } = linearMessages(message, attention, graph, merged)
      return { ...made, tape: { kind: message.kind, message, tape } }
    }
    case 'dot product': {
      const { tape, ...made } = dotProductMessages(message, attention, graph, x, merged)
      return { ...made, tape: { kind: message.kind, message, tape } }
    }
  }
}

/** Gradients with respect to merged features, and to x where messages read it themselves. */
export function messagesAdjoint(
  attention: AttentionParameters,
  graph: MessageGraph,
  { kind, message, tape }: MessageTape,
  gLogits: Float64Array,
  gValues: Float64Array,
  edges: EdgeGradient,
): { merged: Float64Array; x: Float64Array | null } {
  switch (kind) {
    case 'nonlinear': {
      const merged = nonlinearMessagesAdjoint(message, attention, graph, tape, gLogits, gValues, edges)
      return { merged, x: null }
    }
    case 'linear': {
      const merged = linearMessagesAdjoint(message, attention, graph, tape, gLogits, gValues, edges)
      return { merged, x: null }
    }
    case 'dot product':
      return dotProductMessagesAdjoint(message, attention, graph, tape, gLogits, gValues, edges)
  }
}
