import * as torch from 'torch-node'
import * as D from './datasets.mjs'
const { DataLoader } = torch.utils.data
for (const num_workers of [0,1,2]) {
torch.manual_seed(3)
console.time('epoch')
const l = new DataLoader(new D.Noisy(5), {batch_size:2,num_workers, shuffle:true})
for (let e=0;e<2;e++) for await (const b of l) console.log(JSON.stringify(b.map(x=>x.tolist())))
console.timeEnd('epoch')
}
const T = torch.vision.transforms
const p = new D.Pictures(torch.randint(0,255,[6,3,8,8]).to(torch.uint8), new T.Compose([new T.RandomCrop(4), torch.relu ? new T.Lambda(torch.relu) : null, new T.RandomHorizontalFlip(), new torch.nn.Flatten(0)]))
for await (const b of new DataLoader(p, {batch_size:3,num_workers:2})) console.log(b.image.shape, b.label.tolist(), b.name)
for (const how of ['error','value','exit','throw later','memory','spin','never'])
 try { for await (const b of new DataLoader(new D.Broken(how), {num_workers:2, timeout: how=='spin'||how=='never'?1:0})) console.log(b.item()) } catch (e) { console.log(how, '->', e.constructor.name, e.message.slice(0,700), e.cause?.message) }
for (const [d,o] of [[D.makeHidden(),{}],[new D.Numbers(2),{collate_fn:D.makeClosure(3)}],[new D.Private,{}],[new (class Foo extends torch.utils.data.Dataset{length=1;getItem(){return 1}}),{}],[new D.Numbers(4),{worker_init_fn:D.failInit}]])
 try { for await (const b of new DataLoader(d, {num_workers:1,...o})) console.log(b.item()) } catch (e) { console.log(e.constructor.name, e.message.slice(0,500)) }
