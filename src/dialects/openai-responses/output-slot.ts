/** Hears each event of a stream, by its type. */
export interface Teller {
  readonly tell: (type: string, fields: object) => void;
  /** For an event that comes again and again, of which only the delta differs: a stream is little else. */
  readonly pieces: (type: string, fields: object) => (delta: string) => void;
}

/** Where an item of an answer stands, how it is called there, and how its events are told. */
export interface Slot extends Teller {
  readonly id: string;
  begin(item: object): void;
  finish(item: object): void;
}

/** Makes the slot at this place of the output, whose items are collected as they are finished. */
export function createSlot(id: string, place: number, items: object[], { tell, pieces }: Teller): Slot {
  const where = { item_id: id, output_index: place };
  return {
    id,
    tell: (type, fields) => tell(type, { ...where, ...fields }),
    pieces: (type, fields) => pieces(type, { ...where, ...fields }),
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
