import { expect, it } from 'vitest';
import { readOnnxTensors } from './onnx-tensors.mjs';

/** One protobuf field: a number, or bytes with their length before them. */
function field(number, value) {
  if (typeof value === 'number') return [number * 8, ...varint(value)];
  return [number * 8 + 2, ...varint(value.length), ...value];
}

function varint(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}

const text = (value) => [...new TextEncoder().encode(value)];
const floats = (...values) => [...new Uint8Array(Float32Array.from(values).buffer)];

/** A node that holds one tensor. */
function constant(name, tensor) {
  const attribute = [...field(1, text('value')), ...field(5, tensor)];
  return field(1, [...field(2, text(name)), ...field(4, text('Constant')), ...field(5, attribute)]);
}

it('finds float tensors in graphs and in the branches inside them, and skips what it does not know', () => {
  const weights = [...field(1, [2, ...varint(300)]), ...field(2, 1), ...field(9, floats(1.5, -2))];
  const integers = [...field(1, 1), ...field(2, 7), ...field(9, [1, 0, 0, 0, 0, 0, 0, 0])];
  const branch = [...field(1, text('then_branch')), ...field(6, [...constant('inner', weights)])];
  const choice = field(1, [...field(4, text('If')), ...field(5, branch)]);
  const unknown = [9 * 8 + 1, ...new Array(8).fill(0), 10 * 8 + 5, 0, 0, 0, 0];
  const graph = [
    ...constant('outer', [...field(1, 2), ...weights.slice(5)]),
    ...constant('shape', integers),
    ...choice,
  ];
  const tensors = readOnnxTensors(Uint8Array.from([...field(1, 8), ...unknown, ...field(7, graph)]));
  expect([...tensors.keys()]).toEqual(['outer', 'then_branch/inner']);
  expect(tensors.get('then_branch/inner')).toEqual({ dimensions: [2, 300], values: Float32Array.of(1.5, -2) });
  expect(tensors.get('outer')?.dimensions).toEqual([2]);
});

it('refuses what is no ONNX file', () => {
  expect(() => readOnnxTensors(text('hello, this is not protobuf'))).toThrow();
  expect(() => readOnnxTensors(Uint8Array.of(8, 255))).toThrow(/in the middle/);
});
