/** Hears each event of a stream, by its type. */
export type Tell = (type: string, fields: object) => void;

/** Where an item of an answer stands, how it is called there, and how its events are told. */
export interface Slot {
  readonly id: string;
  /** An event of this item. */
  readonly tell: Tell;
  begin(item: object): void;
  finish(item: object): void;
}

/** Makes the slot at this place of the output, whose items are collected as they are finished. */
export function createSlot(id: string, place: number, items: object[], tell: Tell): Slot {
  return {
    id,
    tell: (type, fields) => tell(type, { item_id: id, output_index: place, ...fields }),
    begin: (item) => tell("response.output_item.added", { output_index: place, item }),
    finish(item) {
      items[place] = item;
      tell("response.output_item.done", { output_index: place, item });
    },
  };
}

/** The status of an item that has ended. `whole`: no limit cut it off. */
export function statusOf(whole: boolean): "completed" | "incomplete" {
  return whole ? "completed" : "incomplete";
}
