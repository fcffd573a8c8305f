'use strict';

/**
 * A queue.
 */
class Queue {
  /**
   * Adds something.
   * @param {Object} item what to add
   * @param {string} item.name its name
   * @param {number} [prio=1] how important
   */
  push(item, priority) {
    this.items.push(item);
  }

  pop() {
    return this.items.pop();
  }
}

/**
 * Makes one.
 * @param {...string} names their names
 * @returns {Queue} the queue
 */
function make(...names) {
  return new Queue();
}

function helper() {}

exports.size = function (queue) {
  return queue.items.length;
};

module.exports = { Queue, make };
