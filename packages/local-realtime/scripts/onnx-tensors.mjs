// Reads the weight tensors out of an ONNX file: as much of the protobuf wire format as that takes.
// Field numbers are those of onnx.proto (ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto).

const MODEL_GRAPH = 7;
const GRAPH_NODE = 1;
const NODE_OUTPUT = 2;
const NODE_OPERATOR = 4;
const NODE_ATTRIBUTE = 5;
const ATTRIBUTE_NAME = 1;
const ATTRIBUTE_TENSOR = 5;
const ATTRIBUTE_GRAPH = 6;
const TENSOR_DIMENSIONS = 1;
const TENSOR_TYPE = 2;
const TENSOR_RAW = 9;
const FLOAT = 1;

/**
 * Every float tensor held by a `Constant` node of the model, by the path of graph attributes that leads to it and the node's output
 * name: `then_branch/…`.
 * @param {Uint8Array} file
 * @returns {Map<string, { dimensions: number[], values: Float32Array }>}
 */
export function readOnnxTensors(file) {
  const tensors = new Map();
  for (const { number, value } of fields(file)) {
    if (number === MODEL_GRAPH) readGraph(value, '', tensors);
  }
  return tensors;
}

function readGraph(bytes, path, tensors) {
  for (const { number, value } of fields(bytes)) {
    if (number === GRAPH_NODE) readNode(value, path, tensors);
  }
}

function readNode(bytes, path, tensors) {
  let output = '';
  let operator = '';
  const attributes = [];
  for (const { number, value } of fields(bytes)) {
    if (number === NODE_OUTPUT) output = text(value);
    if (number === NODE_OPERATOR) operator = text(value);
    if (number === NODE_ATTRIBUTE) attributes.push(value);
  }
  for (const attribute of attributes) {
    let name = '';
    for (const { number, value } of fields(attribute)) {
      if (number === ATTRIBUTE_NAME) name = text(value);
      if (number === ATTRIBUTE_GRAPH) readGraph(value, `${path}${name}/`, tensors);
      if (number === ATTRIBUTE_TENSOR && operator === 'Constant') {
        const tensor = readTensor(value);
        if (tensor !== undefined) tensors.set(`${path}${output}`, tensor);
      }
    }
  }
}

function readTensor(bytes) {
  const dimensions = [];
  let type = 0;
  let raw;
  for (const { number, value } of fields(bytes)) {
    if (number === TENSOR_DIMENSIONS) dimensions.push(...(typeof value === 'number' ? [value] : packedIntegers(value)));
    if (number === TENSOR_TYPE) type = value;
    if (number === TENSOR_RAW) raw = value;
  }
  if (type !== FLOAT || raw === undefined) return undefined;
  return { dimensions, values: new Float32Array(new Uint8Array(raw).buffer) };
}

function packedIntegers(bytes) {
  const values = [];
  let offset = 0;
  while (offset < bytes.length) {
    const read = integer(bytes, offset);
    values.push(read.value);
    offset = read.next;
  }
  return values;
}

function* fields(bytes) {
  let offset = 0;
  while (offset < bytes.length) {
    const key = integer(bytes, offset);
    offset = key.next;
    const number = Math.floor(key.value / 8);
    switch (key.value % 8) {
      case 0: {
        const { value, next } = integer(bytes, offset);
        offset = next;
        yield { number, value };
        break;
      }
      case 1:
        yield { number, value: bytes.subarray(offset, offset + 8) };
        offset += 8;
        break;
      case 2: {
        const length = integer(bytes, offset);
        offset = length.next + length.value;
        yield { number, value: bytes.subarray(length.next, offset) };
        break;
      }
      case 5:
        yield { number, value: bytes.subarray(offset, offset + 4) };
        offset += 4;
        break;
      default:
        throw new Error(`No protobuf wire type ${key.value % 8}: is this an ONNX file?`);
    }
  }
}

function integer(bytes, offset) {
  let value = 0;
  let factor = 1;
  for (let next = offset; next < bytes.length; next++) {
    const byte = bytes[next];
    value += (byte & 127) * factor;
    factor *= 128;
    if (byte < 128) return { value, next: next + 1 };
  }
  throw new Error('The ONNX file ends in the middle of a number');
}

function text(bytes) {
  return new TextDecoder().decode(bytes);
}
